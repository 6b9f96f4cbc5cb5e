// The map's controls: plotly.js draws, this says what. Delivered text reaches the page as `textContent` only.
"use strict";
(async () => {
  const $ = (id) => document.getElementById(id);
  const PALETTE = ["#4269d0", "#f59e0b", "#e5484d", "#2bb3a3", "#3f9b45", "#f472b6", "#8b5cf6", "#60b5f5",
                   "#9c6b4e", "#84a814", "#c026d3", "#0e7490"];
  const GREY = { others: "#8b949b", unknown: "#b9c0c5" };
  const FIELDS = ["artist", "album", "genre", "source"];
  const LISTED = 50;

  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    made.dir = "auto";
    return made;
  }

  if (!document.createElement("canvas").getContext("webgl")) {
    $("state").textContent = "This browser has WebGL switched off or not at all, and the map is drawn with it.";
    return;
  }
  let data;
  try {
    data = await unpack($("points").textContent);
  } catch (error) {
    $("state").textContent = `The points could not be read; a browser from 2023 or later is needed. (${error})`;
    return;
  }
  const count = data.id.length;
  const said = (field, point) => data[field].names[data[field].of[point]];
  const base = count < 1000 ? 9 : count < 10000 ? 6 : 4;
  const state = { colour: null, focus: null, found: null, size: base };

  // ---- what is drawn: faint points lie below, then greys, then colours, then what was found. Within these the order is
  // arbitrary, or the last colour would cover the others where it is crowded.
  const order = data.id.map((_, point) => point).sort((a, b) => Math.imul(a, 0x9e3779b1) - Math.imul(b, 0x9e3779b1));
  const shade = (colouring, group) => GREY[colouring.kinds[group]] || PALETTE[group % PALETTE.length];
  const ink = () => getComputedStyle(document.body).color;

  function trace(points, opacity, size, outline) {
    const colours = state.colour.labels.map((_, group) => shade(state.colour, group));
    return {
      type: "scattergl", mode: "markers", hoverinfo: "none", showlegend: false, points,
      x: points.map((point) => data.x[point]), y: points.map((point) => data.y[point]),
      marker: {
        color: points.map((point) => colours[state.colour.group[point]]),
        opacity, size, line: { width: outline ? 1 : 0, color: ink() },
      },
    };
  }
  function traces() {
    const { colour: { group, kinds }, found, focus } = state;
    const bright = (point) => !found && (focus === null || focus === group[point]);
    const grey = (point) => kinds[group[point]] in GREY;
    const faint = count > 20000 ? 0.05 : 0.12;
    return [
      trace(order.filter((point) => !bright(point)), faint, state.size, false),
      trace(order.filter((point) => bright(point) && grey(point)), 0.85, state.size, false),
      trace(order.filter((point) => bright(point) && !grey(point)), 0.85, state.size, false),
      trace(found || [], 1, state.size + 3, true),
    ];
  }

  const hidden = { visible: false, autorange: false, range: [-2500, 68035] };
  const layout = {
    margin: { l: 0, r: 0, t: 0, b: 0 }, hovermode: "closest", hoverdistance: 12, dragmode: "pan", uirevision: "kept",
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", xaxis: { ...hidden }, yaxis: { ...hidden },
  };
  const config = { scrollZoom: true, displayModeBar: false, responsive: true, doubleClick: "reset" };
  const draw = () => Plotly.react("plot", traces(), layout, config);

  // ---- the card beside the pointer, and the track that was picked
  function facts(point, where) {
    where.replaceChildren(element("span", "title", data.title[point] || "no title"));
    for (const field of FIELDS) if (said(field, point)) where.append(element("span", "fact", said(field, point)));
    where.append(element("code", "fact", data.id[point]));
  }
  const pointOf = (event) => event.points[0].data.points[event.points[0].pointNumber];
  function hover(event) {
    const card = $("card"), room = $("plot").getBoundingClientRect();
    facts(pointOf(event), card);
    card.hidden = false;
    const left = event.event.clientX - room.left, top = event.event.clientY - room.top;
    card.style.left = `${left + 16 + card.offsetWidth > room.width ? Math.max(0, left - 16 - card.offsetWidth) : left + 16}px`;
    card.style.top = `${Math.max(0, Math.min(top + 12, room.height - card.offsetHeight - 8))}px`;
  }
  function pick(point) {
    facts(point, $("facts"));
    $("picked").hidden = false;
  }
  function go(point) {
    pick(point);
    const span = 9000;
    Plotly.relayout("plot", {
      "xaxis.range": [data.x[point] - span, data.x[point] + span],
      "yaxis.range": [data.y[point] - span, data.y[point] + span],
    });
  }

  // ---- points grow a little when one comes nearer
  function zoomed() {
    const [low, high] = $("plot")._fullLayout.xaxis.range;
    const size = Math.round(base * Math.min(3, Math.max(1, Math.sqrt(70535 / (high - low)) * 0.8)));
    if (size !== state.size) {
      state.size = size;
      draw();
    }
  }

  // ---- colours and their legend
  function legend() {
    const counts = state.colour.labels.map(() => 0);
    state.colour.group.forEach((group) => counts[group]++);
    $("legend").replaceChildren(...state.colour.labels.map((label, group) => {
      const row = document.createElement("li"), button = document.createElement("button"), dot = document.createElement("i");
      dot.style.background = shade(state.colour, group);
      button.append(dot, element("b", "", label), element("small", "", counts[group].toLocaleString("en")));
      button.setAttribute("aria-pressed", String(state.focus === group));
      button.className = state.focus === null || state.focus === group ? "" : "off";
      button.onclick = () => {
        state.focus = state.focus === group ? null : group;
        legend();
        draw();
      };
      row.append(button);
      return row;
    }));
  }
  function colourBy(colouring) {
    state.colour = colouring;
    state.focus = null;
    legend();
    return draw();
  }
  for (const colouring of data.colours) {
    const label = document.createElement("label"), radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "mode";
    radio.disabled = !colouring.kinds.includes("value");
    radio.onchange = () => colourBy(colouring);
    label.append(radio, element("span", "", colouring.name));
    label.title = radio.disabled ? `No track says its ${colouring.name}` : "";
    $("modes").append(label);
  }

  // ---- search: all words, anywhere, whatever their case and accents
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let texts = null;
  function search() {
    const words = plain($("search").value).split(/\s+/).filter(Boolean);
    texts ||= data.id.map((id, point) => plain([data.title[point], said("artist", point), said("album", point), id].join("\n")));
    state.found = words.length ? [] : null;
    if (words.length) texts.forEach((text, point) => words.every((word) => text.includes(word)) && state.found.push(point));
    const found = state.found || [], listed = found.slice(0, LISTED);
    const more = found.length > LISTED ? `, the first ${LISTED} below` : "";
    $("matches").textContent = !state.found ? "" : found.length ? `${found.length.toLocaleString("en")} found${more}` : "No track has all of these words.";
    $("results").hidden = !found.length;
    $("results").replaceChildren(...listed.map((point) => {
      const row = document.createElement("li"), button = document.createElement("button");
      button.append(element("span", "title", data.title[point] || data.id[point]), element("span", "fact", said("artist", point)));
      button.onclick = () => go(point);
      row.append(button);
      return row;
    }));
    draw();
  }
  let waiting = 0;
  $("search").oninput = () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  };

  // ---- begin: by the first colouring of which anything is known; #genre or #genre=words in the address say otherwise
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };  // typed by hand: 100%
  const [asked, words] = decoded(location.hash.slice(1)).split(/=(.*)/s);
  const usable = data.colours.filter((colouring) => colouring.kinds.includes("value"));
  const first = usable.find((colouring) => colouring.name === asked) || usable[0];
  document.querySelectorAll("#modes input")[data.colours.indexOf(first)].checked = true;
  await colourBy(first);
  $("state").textContent = "";
  $("plot").on("plotly_hover", hover);
  $("plot").on("plotly_unhover", () => { $("card").hidden = true; });
  $("plot").on("plotly_click", (event) => pick(pointOf(event)));
  $("plot").on("plotly_relayout", zoomed);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  if (words) {
    $("search").value = words;
    search();
  }
})();
