// Answers are saved as they are given. Without script each question has a button, and handing in sends them all.
(() => {
  const failed = new Set();
  const status = (question) => question.querySelector(".lc-saved");

  const token = () => document.cookie.split("; ").find((part) => part.startsWith("csrftoken="))?.slice(10);

  // A login in another tab has changed the token: send the one that counts now.
  document.addEventListener("htmx:configRequest", (event) => {
    const current = token();
    if (current) event.detail.parameters.csrfmiddlewaretoken = current;
  });

  const fail = (event) => {
    const question = event.target.closest(".lc-question");
    if (!question) return;
    failed.add(question);
    const line = status(question);
    line.dataset.state = "failed";
    line.textContent = line.dataset.failed;
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, fail);

  // Something is picked or written; every row has something, and steps a place each.
  const isAnswered = (question) => {
    const fields = [...question.querySelectorAll("select, input[type=text]")].map((field) => field.value.trim());
    if (!fields.length) return question.querySelector("input:checked") !== null;
    const places = question.querySelector("[data-kind=order]") ? fields.map((value) => value.split(":").pop()) : [];
    return fields.every(Boolean) && new Set(places).size === places.length;
  };

  // Enter in a field is not handing in: it saves, as leaving the field does.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".lc-question input[type=text]")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // What was pointed out as missing is there now.
  const answered = (question) => {
    if (!("missing" in question.dataset)) return;
    delete question.dataset.missing;
    question.removeAttribute("aria-describedby");
    question.querySelector(".ds-validation-message")?.remove();
  };

  document.addEventListener("htmx:afterRequest", (event) => {
    const question = event.target.closest(".lc-question");
    if (!question || !event.detail.successful) return;
    // Every save sends the whole form, so one that arrives has carried the others with it.
    for (const other of [question, ...failed]) delete status(other).dataset.state;
    for (const other of failed) if (other !== question) status(other).textContent = status(question).textContent;
    failed.clear();
    if (isAnswered(question)) answered(question);
  });

  // Handing in sends every answer: a save that is still under way must not lead the page anywhere else.
  let isLeaving = false;
  document.addEventListener("submit", () => {
    isLeaving = true;
  });
  window.addEventListener("pageshow", () => {
    isLeaving = false;
  });
  for (const name of ["htmx:beforeRequest", "htmx:beforeOnLoad"]) {
    document.addEventListener(name, (event) => {
      if (isLeaving) event.preventDefault();
    });
  }

  const again = () => {
    const [question] = failed;
    if (question && !isLeaving) question.dispatchEvent(new Event("change", { bubbles: true }));
  };
  window.addEventListener("online", again);
  setInterval(again, 15000);
})();
