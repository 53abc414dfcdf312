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
  const problem = document.querySelector("[aria-invalid=true]");
  if (problem) problem.focus();
}

takeTokenFromAddress();
focusOnProblem();
document.addEventListener("submit", sendOnce);
document.addEventListener("keydown", hideTooltips);
window.addEventListener("pageshow", sendAgain);
window.addEventListener("hashchange", takeTokenFromAddress);
