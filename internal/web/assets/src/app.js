// What pages do beyond links and forms. Everything here may be missing: no page needs it.
import "htmx.org";
import "./drafts.js";

// Counters under texts follow the typing.
function count(area) {
  const counter = document.getElementById(area.id + "-count");
  if (!counter) return;
  const typed = [...area.value.trim()].length;
  counter.textContent = counter.dataset.text.replace("%d", typed);
  counter.classList.toggle("counter-over", typed > Number(area.dataset.max));
}
document.addEventListener("input", (e) => {
  if (e.target.matches("textarea[data-max]")) count(e.target);
});

// A form is sent once. Going back to the page makes it ready again.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (e.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    e.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
  document.querySelectorAll("textarea[data-max]").forEach(count);
});

// Menus close on Escape, and when something else is clicked.
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  const menu = e.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (e) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(e.target)) menu.open = false;
  }
  if (e.target.closest?.("[data-print]")) window.print();
});

// All boxes of a table are ticked, or cleared again, by one button; a text is copied by another.
document.addEventListener("click", async (e) => {
  const all = e.target.closest?.("[data-pick]");
  if (all) {
    const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${all.dataset.pick}"]`)];
    const tick = boxes.some((b) => !b.checked);
    boxes.forEach((b) => (b.checked = tick));
  }
  const copy = e.target.closest?.("[data-copy]");
  if (copy) {
    const source = document.getElementById(copy.dataset.copy);
    source.select();
    await navigator.clipboard?.writeText(source.value);
    copy.textContent = copy.dataset.done;
  }
});

// Rows pasted from a spreadsheet spread over the cells of a grid, from the one they were pasted into.
document.addEventListener("paste", (e) => {
  const start = e.target.closest?.("[data-grid] input, [data-grid] textarea, [data-grid] select");
  const text = e.clipboardData?.getData("text/plain") ?? "";
  if (!start || !/[\t\n]/.test(text.trimEnd())) return;
  e.preventDefault();
  const rows = [...start.closest("[data-grid]").querySelectorAll("tbody tr")];
  const cells = (row) => [...row.querySelectorAll("input, textarea, select")];
  const top = rows.indexOf(start.closest("tr"));
  const left = cells(rows[top]).indexOf(start);
  text.trimEnd().split(/\r?\n/).forEach((line, y) => {
    line.split("\t").forEach((value, x) => {
      const cell = rows[top + y] && cells(rows[top + y])[left + x];
      if (!cell) return;
      const option = cell.options && [...cell.options].find((o) => o.text.trim() === value.trim());
      cell.value = option ? option.value : value.trim();
    });
  });
});

// Long lists of people are narrowed while typing: by name, place of work or delegation; what is ticked stays in sight.
function sift(box) {
  const words = box.querySelector("input").value.trim().toLowerCase();
  const list = document.getElementById(box.dataset.sift);
  const groups = list.querySelectorAll(list.matches("select") ? "optgroup" : ".sift-group");
  for (const group of groups) {
    const whole = (group.label ?? group.querySelector("summary").textContent).toLowerCase().includes(words);
    let some = false;
    for (const one of group.querySelectorAll("option, .form-check")) {
      const chosen = one.selected || one.querySelector("input")?.checked;
      one.hidden = !(whole || chosen || one.textContent.toLowerCase().includes(words));
      if ("disabled" in one) one.disabled = one.hidden;
      some = some || !one.hidden;
    }
    group.hidden = !some;
    if (words && some && "open" in group) group.open = true;
  }
}
document.addEventListener("input", (e) => {
  const box = e.target.closest?.("[data-sift]");
  if (box) sift(box);
});
document.addEventListener("change", (e) => {
  const list = e.target.closest?.("fieldset");
  const counter = list?.querySelector(".sift-count");
  if (counter) counter.textContent = counter.dataset.text.replace("%d", list.querySelectorAll("input:checked").length);
});
document.addEventListener("keydown", (e) => {
  if (e.key === "Enter" && e.target.closest?.("[data-sift]")) e.preventDefault();
});

// Earlier suggestions like the title are looked for while it is typed.
document.addEventListener("input", (e) => {
  const words = document.getElementById("alike-q");
  if (!words || e.target.name !== "title") return;
  words.value = e.target.value;
  words.dispatchEvent(new Event("input", { bubbles: true }));
});

// On a phone the filters are folded, so that the list comes first.
if (matchMedia("(max-width: 40rem)").matches) {
  document.querySelectorAll("details.filter-box").forEach((d) => (d.open = !!d.querySelector(".mistakes")));
}

// Buttons that only a script can serve appear with it; mistakes are read out first.
document.querySelectorAll("[data-print], [data-pick], [data-copy], [data-sift]").forEach((b) => (b.hidden = false));
document.querySelector("[data-focus]")?.focus();

// The QR code of a slip carries number and code behind the "#", where no server sees them; they are put into the form to be sent.
const track = document.querySelector('#track');
if (track && location.hash.length > 1) {
  const [number, code] = decodeURIComponent(location.hash.slice(1)).split(':');
  const fill = (name, value) => { const field = track.querySelector(`[name=${name}]`); if (field && value) field.value = value; };
  fill('number', number);
  fill('code', code);
  history.replaceState(null, '', location.pathname);
}
