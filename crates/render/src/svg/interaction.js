/*
 * Zoom, search and links of the flame graph.
 *
 * Click a box to zoom (a link with Ctrl), a faded one below it to zoom out to it. Ctrl-F, F3, / or "Search" opens the search field; it takes
 * a regular expression or plain text and looks at names only. "ic" or Ctrl-I ignores case. Escape clears the search,
 * then the zoom. Zoom and search are kept in the address by names, so a link still works for newer data.
 *
 * Boxes are in pre-order, root first: a box is followed by everything that it called. Each carries the value at its
 * left edge and the value that it covers, so zooming is exact whatever the picture's resolution.
 */
(function () {
  "use strict";
  const XHTML = "http://www.w3.org/1999/xhtml";
  const SVG = "http://www.w3.org/2000/svg";
  const PADDING = 10;
  const script = document.currentScript;
  const root = script && script.ownerSVGElement ? script.ownerSVGElement : document.documentElement;
  const part = (id) => root.querySelector("#" + id);
  const frames = part("frames");
  const details = part("details");
  const matched = part("matched");
  const unzoom = part("unzoom");
  const searchButton = part("search");
  const caseButton = part("ignorecase");
  const height = root.viewBox.baseVal.height;
  /* What the whole width stands for, if the picture is as wide as its window. */
  const fluid = parseFloat(root.dataset.fluid || "0");
  const fontSize = parseFloat(root.getAttribute("font-size"));
  const fontWidth = parseFloat(root.dataset.fontWidth);
  const cutOnly = root.dataset.truncate === "right";
  const nameType = root.dataset.nameType;
  const parentheses = parseInt(root.dataset.parentheses, 10);
  const idleDetails = details.textContent;
  const restingPlaces = new Map();
  const elements = Array.from(frames.children);
  let width = root.viewBox.baseVal.width;
  let table = null;
  let zoomed = 0;
  let query = "";
  let ignoreCase = false;
  let field = null;

  /* The boxes as arrays; built when first needed, so that opening a big picture stays quick. */
  function boxes() {
    if (table) return table;
    const count = elements.length;
    table = {
      start: new Float64Array(count),
      total: new Float64Array(count),
      parent: new Int32Array(count),
      end: new Int32Array(count),
      name: new Array(count),
      hit: new Uint8Array(count),
    };
    const open = [];
    let previousY = 0;
    let step = 0;
    for (let i = 0; i < count; i++) {
      const value = elements[i].dataset.v.split(" ");
      table.start[i] = Number(value[0]);
      table.total[i] = Number(value[1]);
      table.name[i] = elements[i].dataset.n ?? nameOf(elements[i].firstElementChild.textContent);
      const y = Number(elements[i].children[1].getAttribute("y"));
      if (i === 1) step = y - previousY;
      const depth = i === 0 ? 0 : i === 1 ? 1 : open[open.length - 1].depth + Math.round((y - previousY) / step);
      previousY = y;
      while (open.length > depth) table.end[open.pop().index] = i;
      table.parent[i] = open.length ? open[open.length - 1].index : -1;
      open.push({ index: i, depth });
    }
    while (open.length) table.end[open.pop().index] = count;
    return table;
  }

  /* The text in front of the amounts; those hold a known number of opening parentheses. */
  function nameOf(title) {
    let end = title.length;
    for (let i = 0; i < parentheses; i++) end = title.lastIndexOf("(", end - 1);
    return title.slice(0, Math.max(0, end - 1));
  }

  /* --- Labels --- */

  const measure = (function () {
    const context = document.createElementNS(XHTML, "canvas").getContext("2d");
    if (!context) return (text) => text.length * fontSize * fontWidth;
    context.font = fontSize + "px " + root.getAttribute("font-family");
    return (text) => context.measureText(text).width;
  })();

  function withoutDirectories(name) {
    const stop = name.search(/[[({< ]/);
    const slash = (stop < 0 ? name : name.slice(0, stop)).lastIndexOf("/");
    return slash + 1 < name.length ? name.slice(slash + 1) : name;
  }

  function withoutPackage(name) {
    const short = withoutDirectories(name);
    const stop = short.search(/[[({< :]/);
    const dot = (stop < 0 ? short : short.slice(0, stop)).indexOf(".");
    const rest = short.slice(dot + 1);
    const other = /^(so|isra|constprop|part|cold|llvm|lto_priv|js)(\.|$)/;
    return dot > 0 && /^[\p{L}_(]/u.test(rest) && !other.test(rest) ? rest : short;
  }

  function fit(name, room) {
    if (room < 2 * fontSize * fontWidth) return "";
    const forms = cutOnly ? [name] : [name, withoutDirectories(name), withoutPackage(name)];
    for (const form of forms) if (measure(form) <= room) return form;
    const shortest = forms[forms.length - 1];
    const characters = Array.from(shortest);
    let low = 0;
    let high = characters.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (measure(characters.slice(0, middle).join("") + "..") <= room) low = middle;
      else high = middle;
    }
    return low < 1 ? "" : characters.slice(0, low).join("") + "..";
  }

  function place(i, x, boxWidth) {
    const rect = elements[i].children[1];
    let text = elements[i].children[2];
    if (!restingPlaces.has(i)) {
      restingPlaces.set(i, {
        x: rect.getAttribute("x"),
        width: rect.getAttribute("width"),
        textX: text ? text.getAttribute("x") : null,
        label: text ? text.textContent : null,
      });
    }
    rect.setAttribute("x", x.toFixed(1));
    rect.setAttribute("width", boxWidth.toFixed(1));
    const label = fit(boxes().name[i], boxWidth - 6);
    if (!text) {
      if (!label) return;
      text = document.createElementNS(SVG, "text");
      const middle = Number(rect.getAttribute("y")) + Number(rect.getAttribute("height")) / 2;
      text.setAttribute("y", String(3 + middle));
      elements[i].appendChild(text);
    }
    text.setAttribute("x", (x + 3).toFixed(2));
    text.textContent = label;
  }

  function putBack() {
    for (const [i, was] of restingPlaces) {
      const rect = elements[i].children[1];
      const text = elements[i].children[2];
      rect.setAttribute("x", was.x);
      rect.setAttribute("width", was.width);
      if (!text) continue;
      if (was.label === null) text.remove();
      else {
        text.setAttribute("x", was.textX);
        text.textContent = was.label;
      }
    }
    restingPlaces.clear();
  }

  /* --- Zoom --- */

  function zoom(target) {
    zoomed = target;
    unzoom.classList.toggle("gone", target === 0);
    layOut();
    showMatches();
    remember();
  }

  function layOut() {
    const all = boxes();
    const target = zoomed;
    if (!fluid) putBack();
    const above = new Set();
    for (let i = all.parent[target]; i >= 0; i = all.parent[i]) above.add(i);
    const scale = (width - 2 * PADDING) / (fluid && target === 0 ? fluid : all.total[target]);
    for (let i = 0; i < elements.length; i++) {
      const inside = i >= target && i < all.end[target];
      const isAbove = above.has(i);
      elements[i].classList.toggle("above", isAbove);
      elements[i].classList.toggle("gone", !inside && !isAbove);
      if (target === 0 && !fluid) continue;
      if (isAbove || i === 0) place(i, PADDING, width - 2 * PADDING);
      else if (inside) place(i, PADDING + (all.start[i] - all.start[target]) * scale, all.total[i] * scale);
    }
  }

  /* Makes a fluid picture as wide as its window. */
  function fill() {
    const room = root.getBoundingClientRect().width;
    if (!(room > 0) || room === width) return;
    width = room;
    root.setAttribute("viewBox", "0 0 " + width + " " + height);
    for (const id of ["title", "subtitle"]) if (part(id)) part(id).setAttribute("x", String(width / 2));
    for (const button of [searchButton, matched]) button.setAttribute("x", String(width - 110));
    caseButton.setAttribute("x", String(width - 26));
    layOut();
  }

  /* --- Search --- */

  function search(term) {
    const all = boxes();
    query = term;
    const test = term === "" ? () => false : tester(term);
    for (let i = 0; i < elements.length; i++) {
      const hit = test(all.name[i]) ? 1 : 0;
      if (hit !== all.hit[i]) elements[i].classList.toggle("hit", hit === 1);
      all.hit[i] = hit;
    }
    searchButton.textContent = term === "" ? "Search" : "Reset Search";
    searchButton.classList.toggle("active", term !== "");
    showMatches();
    remember();
  }

  /* Go names are full of characters with a meaning in patterns, so the text as it stands counts too. */
  function tester(term) {
    const fold = (text) => (ignoreCase ? text.toLowerCase() : text);
    const plain = fold(term);
    let pattern = null;
    try {
      pattern = new RegExp(term, ignoreCase ? "i" : "");
    } catch (error) {
      /* Not a pattern: plain text only. */
    }
    return (name) => fold(name).includes(plain) || (pattern !== null && pattern.test(name));
  }

  /* Share of what is on screen. A match inside a match counts once; faded and hidden boxes do not count. */
  function showMatches() {
    if (query === "") {
      matched.textContent = " ";
      return;
    }
    const all = boxes();
    let sum = 0;
    for (let i = zoomed; i < all.end[zoomed]; ) {
      if (all.hit[i]) {
        sum += all.total[i];
        i = all.end[i];
      } else i++;
    }
    const percent = (100 * sum) / all.total[zoomed];
    matched.textContent = "Matched: " + (sum === all.total[zoomed] ? "100" : percent.toFixed(1)) + "%";
  }

  function openField() {
    if (field) {
      field.input.select();
      return;
    }
    const holder = document.createElementNS(SVG, "foreignObject");
    const holderWidth = Math.min(260, width - 2 * PADDING - 40);
    holder.setAttribute("x", String(width - 36 - holderWidth));
    holder.setAttribute("y", String(2 * fontSize - 18));
    holder.setAttribute("width", String(holderWidth));
    holder.setAttribute("height", "28");
    const input = document.createElementNS(XHTML, "input");
    input.setAttribute("type", "text");
    input.setAttribute("spellcheck", "false");
    input.setAttribute("placeholder", "Search names: text or pattern");
    input.setAttribute("aria-label", "Search function names");
    input.setAttribute(
      "style",
      "box-sizing:border-box;width:100%;height:24px;padding:0 6px;border:1px solid #888;border-radius:3px;" +
        "background:#fff;color:#000;font:12px sans-serif"
    );
    input.value = query;
    let timer = 0;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => search(input.value), 120);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        clearTimeout(timer);
        search(event.key === "Enter" ? input.value : "");
        closeField();
      }
    });
    input.addEventListener("blur", () => {
      clearTimeout(timer);
      if (field && input.value !== query) search(input.value);
      closeField();
    });
    holder.appendChild(input);
    root.appendChild(holder);
    searchButton.classList.add("gone");
    field = { holder, input };
    input.focus();
    input.select();
  }

  function closeField() {
    if (!field) return;
    const { holder } = field;
    field = null;
    holder.remove();
    searchButton.classList.remove("gone");
  }

  function toggleCase() {
    ignoreCase = !ignoreCase;
    caseButton.classList.toggle("active", ignoreCase);
    if (query !== "") search(query);
    else remember();
  }

  /* --- Links --- */

  /* FNV-1a over the names from the root, in 32 bits. */
  function hashStep(hash, name) {
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
    return Math.imul(hash ^ 0x3b, 16777619);
  }

  const asText = (hash) => (hash >>> 0).toString(16).padStart(8, "0");

  function pathHash(target) {
    const all = boxes();
    const path = [];
    for (let i = target; i > 0; i = all.parent[i]) path.push(all.name[i]);
    return asText(path.reverse().reduce(hashStep, 0x811c9dc5));
  }

  function findPath(text) {
    const all = boxes();
    const hashes = new Int32Array(elements.length);
    hashes[0] = 0x811c9dc5;
    for (let i = 1; i < elements.length; i++) {
      hashes[i] = hashStep(hashes[all.parent[i]], all.name[i]);
      if (asText(hashes[i]) === text) return i;
    }
    return 0;
  }

  function parameters() {
    const inQuery = new URLSearchParams(location.search);
    return inQuery.has("s") || inQuery.has("p") ? inQuery : new URLSearchParams(location.hash.slice(1));
  }

  function remember() {
    const state = new URLSearchParams(location.search);
    for (const key of ["p", "s", "ic"]) state.delete(key);
    if (zoomed > 0) state.set("p", pathHash(zoomed));
    if (query !== "") state.set("s", query);
    if (ignoreCase) state.set("ic", "1");
    const text = state.toString();
    try {
      history.replaceState(null, "", location.pathname + (text ? "?" + text : ""));
    } catch (error) {
      /* Browsers that refuse this for local files allow the fragment. */
      location.hash = text;
    }
  }

  function restore() {
    const state = parameters();
    const path = state.get("p");
    const term = state.get("s");
    if (state.get("ic") === "1") {
      ignoreCase = true;
      caseButton.classList.add("active");
    }
    if (term) query = term;
    if (path) {
      const target = findPath(path);
      if (target > 0) zoom(target);
    }
    if (term) search(term);
  }

  /* --- Events --- */

  const boxAt = (event) => {
    const group = event.target.closest ? event.target.closest("#frames > *") : null;
    return group && frames.contains(group) ? group : null;
  };

  frames.addEventListener("click", (event) => {
    const group = boxAt(event);
    if (!group) return;
    if (group.localName === "a") {
      /* A link is followed, unless it is to be zoomed to. */
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
    }
    zoom(elements.indexOf(group));
  });
  frames.addEventListener("mouseover", (event) => {
    const group = boxAt(event);
    if (!group) return;
    let text = nameType + " " + group.firstElementChild.textContent;
    if (zoomed > 0) {
      const i = elements.indexOf(group);
      const share = (100 * table.total[i]) / table.total[zoomed];
      if (share <= 100) text += ", " + share.toFixed(2) + "% of view";
    }
    details.textContent = text;
  });
  frames.addEventListener("mouseout", () => {
    details.textContent = idleDetails;
  });
  unzoom.addEventListener("click", () => zoom(0));
  searchButton.addEventListener("click", () => {
    if (query === "") openField();
    else search("");
  });
  caseButton.addEventListener("click", toggleCase);
  window.addEventListener("keydown", (event) => {
    const typing = event.target && event.target.localName === "input";
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "F3" || (command && event.key === "f") || (event.key === "/" && !typing && !command)) {
      event.preventDefault();
      openField();
    } else if (event.ctrlKey && event.key === "i") {
      event.preventDefault();
      toggleCase();
    } else if (event.key === "Escape" && !typing) {
      if (query !== "") search("");
      else if (zoomed > 0) zoom(0);
    }
  });
  restore();
  if (fluid) {
    fill();
    window.addEventListener("resize", fill);
  }
})();
