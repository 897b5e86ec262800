/* A table whose cells hold buttons: one stop for the Tab key, arrows from cell to cell, and a
   press tells which one was chosen. */
export default function ({ parentElement, data, setTriggerValue }) {
  let box = parentElement.querySelector(".cellules");
  if (!box) {
    box = document.createElement("div");
    box.className = "stHtml cellules";
    parentElement.append(box);
  }
  const buttons = () => [...box.querySelectorAll("button[data-cellule]")];
  const stop = (button) => {
    for (const other of buttons()) other.tabIndex = other === button ? 0 : -1;
  };
  if (box.dataset.html !== data.html) {
    const held = document.activeElement?.dataset?.cellule;
    const inside = box.contains(document.activeElement);
    const frame = box.querySelector(".defile");
    const [top, left] = [frame?.scrollTop ?? 0, frame?.scrollLeft ?? 0];
    box.innerHTML = data.html;
    box.dataset.html = data.html;
    box.querySelector(".defile")?.scrollTo(left, top);
    const all = buttons();
    const found = all.find((button) => button.dataset.cellule === held);
    stop(found ?? all.find((button) => button.ariaPressed === "true") ?? all[0]);
    if (inside) found?.focus({ preventScroll: true });
  }
  box.onclick = (event) => {
    const button = event.target.closest("button[data-cellule]");
    if (!button) return;
    stop(button);
    setTriggerValue("cellule", button.dataset.cellule);
  };
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  box.onkeydown = (event) => {
    const button = event.target.closest("button[data-cellule]");
    const step = steps[event.key];
    if (!button || !step) return;
    event.preventDefault();
    const cell = button.parentElement;
    const row = cell.parentElement.parentElement.rows[cell.parentElement.sectionRowIndex + step[0]];
    const next = row?.cells[cell.cellIndex + step[1]]?.querySelector("button");
    if (!next) return;
    stop(next);
    next.focus();
  };
}
