"""A model on disk and in torch; see `embeddings.model_files`."""

from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from catalog.atomic import replacing, write_text
from catalog.errors import ModelError
from embeddings.model import Net
from embeddings.model_files import CONFIG, WEIGHTS, read_config

Floats = NDArray[np.float32]


def save_model(net: Net, folder: Path) -> None:
    """Write the weights and the configuration of `net`; the weights replace older ones at once."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / CONFIG, net.config.to_json() + "\n")
    tensors = {name: tensor.detach().cpu().float().contiguous() for name, tensor in net.state_dict().items()}
    with replacing(folder / WEIGHTS) as part:
        part.write_bytes(save(tensors))


def load_model(folder: Path) -> Net:
    """The net in `folder`, ready to infer on the CPU. Raises ModelError where it is missing or damaged."""
    net = Net(read_config(folder))
    try:
        net.load_state_dict(load_file(folder / WEIGHTS))
    except (SafetensorError, RuntimeError, OSError) as error:
        raise ModelError(f"{folder / WEIGHTS} is damaged or does not fit its {CONFIG}: {error}") from error
    return net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


class TorchHeads:
    """`embeddings.encode.Heads` in torch."""

    def __init__(self, net: Net) -> None:
        self._net, self.config = net.eval(), net.config

    @classmethod
    def load(cls, folder: Path, *, threads: int | None = None) -> Self:
        """The model in `folder`. Raises ModelError where it is missing or damaged; `threads` are those of torch."""
        if threads:
            torch.set_num_threads(threads)
        return cls(load_model(folder))

    @torch.inference_mode()
    def segments(self, mel: Floats, first: int, step: int, count: int) -> tuple[Floats, Floats]:
        """Unit vectors [count, 128] of the segments at frames `first`, `first + step`, ... of `mel` [t, n_mels]."""
        identity, similarity = self._net.segments(_input(mel), first, step, count)
        return identity.numpy(), similarity.numpy()

    @torch.inference_mode()
    def excerpt(self, mel: Floats, beyond: int) -> tuple[Floats, Floats]:
        """Those at every output, from `beyond` outputs before `mel` to as many after it, of what there is."""
        identity, similarity = self._net.excerpt(_input(mel), beyond)
        return identity.numpy(), similarity.numpy()


def _input(mel: Floats) -> torch.Tensor:
    return torch.from_numpy(mel)[None, None].contiguous(memory_format=torch.channels_last)
