// What the console's pages do beyond links and forms. Every page works without it.

// The sign-in address carries the token in its fragment, which no server is sent. It
// moves into the form, and out of the address and the history.
function takeTokenFromAddress() {
  const form = document.querySelector("form[data-sign-in]");
  if (!form) return;
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    form.elements.token.value = token;
  }
  const first = ["name", "token"].find((name) => !form.elements[name].value);
  form.elements[first ?? "name"].focus();
}

// A form is sent once, however often its button is pressed.
function sendOnce(event) {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-disabled", "true");
  }
}

// A page that the browser kept, and shows again, may send its forms again.
function sendAgain() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) {
      button.removeAttribute("aria-disabled");
    }
  }
}

// Escape hides a tooltip, and it stays hidden until the pointer or the focus comes back.
function hideTooltips(event) {
  if (event.key !== "Escape") return;
  for (const holder of document.querySelectorAll(".tip-holder")) {
    holder.classList.add("hushed");
    const show = () => holder.classList.remove("hushed");
    holder.addEventListener("pointerenter", show, { once: true });
    holder.addEventListener("focusin", show, { once: true });
  }
}

// The first wrong field, or the refusal itself, has the focus after a refused act.
function focusOnProblem() {
  if (document.querySelector("[autofocus]")) return;
  const problem = document.querySelector("[aria-invalid=true]");
  if (problem) problem.focus();
}

// How many characters a text has left; Python says it first (characters_left).
function countCharacters(counter) {
  const length = document.getElementById(counter.dataset.counts).value.length;
  const most = Number(counter.dataset.most);
  if (!most) counter.textContent = `${length} character${length === 1 ? "" : "s"}`;
  else if (length > most) {
    counter.textContent = `${length - most} characters more than the ${most} allowed`;
  } else counter.textContent = `${most - length} of ${most} characters left`;
  counter.classList.toggle("over", most > 0 && length > most);
}

// Validate and Preview without leaving the page: the form is sent as without a script,
// and of the page that comes back, the parts that hold results are taken over.
async function askFor(button, form, isPart) {
  const body = new URLSearchParams(new FormData(form, button));
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(button.formAction, { method: "POST", body });
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!page.querySelector("[data-editor]")) {
      form.requestSubmit(button);
      return;
    }
    for (const part of page.querySelectorAll("[data-part]")) {
      const own = document.getElementById(part.id);
      if (own && isPart(own)) own.replaceChildren(...part.childNodes);
    }
    for (const field of page.querySelectorAll("[aria-describedby]")) {
      const own = field.id && document.getElementById(field.id);
      if (own && isPart(own)) {
        own.toggleAttribute("aria-invalid", false);
        if (field.hasAttribute("aria-invalid")) own.setAttribute("aria-invalid", "true");
      }
    }
    takeOverAlerts(page, isPart);
    document.title = page.title;
  } catch {
    form.requestSubmit(button);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

// The alerts of the judged steps are replaced, and those of other steps stay.
function takeOverAlerts(page, isPart) {
  const own = document.querySelector("[data-alerts] ul");
  const isJudged = (alert) =>
    isPart(document.getElementById(`step-${alert.dataset.step}`) ?? own);
  for (const alert of [...own.children]) if (isJudged(alert)) alert.remove();
  own.append(...[...page.querySelectorAll("[data-alerts] li")].filter(isJudged));
  own.hidden = own.children.length === 0;
}

function askWithoutLeaving(event) {
  const button = event.target.closest("[data-validate], [data-preview]");
  if (!button || button.getAttribute("aria-disabled")) return;
  event.preventDefault();
  const form = button.form;
  if (button.dataset.validate) {
    const step = button.closest("[data-step]");
    askFor(button, form, (part) => step.contains(part)).then(() => {
      step.querySelector("[aria-invalid=true]")?.focus();
    });
  } else {
    askFor(button, form, () => true);
  }
}

// The banner of waiting people is asked for again while the page is looked at.
async function refreshBanner(banner) {
  if (document.hidden) return;
  try {
    const answer = await fetch(banner.dataset.refresh);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.body.innerHTML.trim() !== banner.innerHTML.trim()) {
      banner.replaceChildren(...page.body.childNodes);
    }
  } catch {
    // The next time will tell.
  }
}

// A text that is changed is no longer the one that was judged.
function forgetVerdict(event) {
  const field = event.target;
  const why = field.id && document.getElementById(`${field.id}-wrong`);
  if (!why || !field.hasAttribute("aria-invalid")) return;
  field.removeAttribute("aria-invalid");
  const told = document.createElement("p");
  told.className = "muted";
  told.textContent = "Changed since it was judged: validate or save it.";
  why.replaceChildren(told);
}

// What was typed into an editor is not left behind without a question.
function guardTyping(form) {
  let isTyped = "typed" in form.dataset;
  form.addEventListener("input", () => (isTyped = true));
  form.addEventListener("submit", () => (isTyped = false));
  window.addEventListener("beforeunload", (event) => {
    if (isTyped) event.preventDefault();
  });
}

function enhanceEditor() {
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  for (const counter of form.querySelectorAll("[data-counts]")) {
    const field = document.getElementById(counter.dataset.counts);
    field.addEventListener("input", () => countCharacters(counter));
    countCharacters(counter);
  }
  document.addEventListener("click", askWithoutLeaving);
  form.addEventListener("input", forgetVerdict);
  guardTyping(form);
  const banner = document.querySelector("[data-refresh]");
  if (banner) setInterval(refreshBanner, 15_000, banner);
}

// While an answer is under way, the conversation is asked for again, until its fate is
// known. What is being typed below it stays.
async function refreshThread() {
  const thread = document.querySelector("[data-thread=waits]");
  if (!thread) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.pathname + location.search);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const read = page.querySelector("[data-thread]");
      if (answer.ok && read) thread.replaceWith(read);
    } catch {
      // The next time will tell.
    }
  }
  setTimeout(refreshThread, 3_000);
}

// The entry of the replies says how many conversations have something unread.
async function countUnread() {
  const place = document.querySelector('nav[aria-label="Main"] a[href="/replies"]');
  if (!place) return;
  try {
    const answer = await fetch("/replies/unread-count");
    const count = answer.ok && !answer.redirected ? (await answer.text()).trim() : "";
    if (!/^[0-9]{1,2}\+?$/.test(count)) return;
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = count;
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = " unread";
    badge.append(words);
    place.append(" ", badge);
  } catch {
    // The next page will tell.
  }
}

takeTokenFromAddress();
countUnread();
focusOnProblem();
enhanceEditor();
setTimeout(refreshThread, 3_000);
document.addEventListener("submit", sendOnce);
document.addEventListener("keydown", hideTooltips);
window.addEventListener("pageshow", sendAgain);
window.addEventListener("hashchange", takeTokenFromAddress);
