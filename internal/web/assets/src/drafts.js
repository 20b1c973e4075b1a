// What somebody types into a form stays in this window until it was sent: a session that ended meanwhile loses nothing.
// It is kept by form and account, offered and never filled in unasked, and forgotten on signing out. Passwords and files are never kept.
const prefix = "draft:";
const account = document.body.dataset.account || "";
const words = document.getElementById("draft-words");

function keyOf(form) {
  return prefix + account + ":" + form.getAttribute("action") + "#" + form.id;
}

function keepable(form) {
  return form.method === "post" && form.matches("form.form") && !form.querySelector("input[type=password]");
}

function fieldsOf(form) {
  return [...form.elements].filter((e) => e.name && !["hidden", "file", "submit", "button", "password"].includes(e.type));
}

function valuesOf(form) {
  return fieldsOf(form).map((e) => [e.name, e.type === "checkbox" || e.type === "radio" ? (e.checked ? e.value : "") : e.value]);
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // no room, or storage is switched off: nothing is kept
  }
}

function keys() {
  try {
    return Object.keys(sessionStorage).filter((k) => k.startsWith(prefix));
  } catch {
    return [];
  }
}

function fill(form, values) {
  fieldsOf(form).forEach((e, i) => {
    if (!values[i] || values[i][0] !== e.name) return;
    if (e.type === "checkbox" || e.type === "radio") e.checked = values[i][1] !== "";
    else e.value = values[i][1];
    e.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function offer(form, key, draft) {
  const notice = words.content.firstElementChild.cloneNode(true);
  notice.querySelector("[data-restore]").addEventListener("click", () => {
    fill(form, draft.values);
    notice.remove();
    fieldsOf(form)[0]?.focus();
  });
  notice.querySelector("[data-discard]").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    notice.remove();
  });
  form.prepend(notice);
}

// A draft that was sent is done with once a page for somebody signed in comes back; where none does, the session had ended and the draft waits on.
function settle() {
  for (const key of keys()) {
    const draft = read(key);
    if (!draft?.sent) continue;
    if (account && key.startsWith(prefix + account + ":")) sessionStorage.removeItem(key);
    else if (!account) write(key, { ...draft, sent: false });
  }
}

settle();
if (account && words) {
  for (const form of document.querySelectorAll("form.form")) {
    if (!keepable(form)) continue;
    const draft = read(keyOf(form));
    if (draft && JSON.stringify(draft.values) !== JSON.stringify(valuesOf(form))) offer(form, keyOf(form), draft);
  }
  const note = (e) => {
    const form = e.target.form;
    if (form && keepable(form)) write(keyOf(form), { values: valuesOf(form) });
  };
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.getAttribute("action") === "/sign-out") keys().forEach((key) => sessionStorage.removeItem(key));
    else if (keepable(form)) write(keyOf(form), { values: valuesOf(form), sent: true });
  });
}
