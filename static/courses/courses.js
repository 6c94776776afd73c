// Answers are saved as they are given. Without script each question has a button, and handing in sends them all.
(() => {
  const LATER = 1000; // after the last letter that was written
  const failed = new Set();
  const underWay = new Map(); // question: whether it has changed again since it was sent
  const waiting = new Map();
  const status = (question) => question.querySelector(".lc-saved");

  // A login in another tab has changed the token: send the one that counts now.
  const token = () => document.cookie.split("; ").find((part) => part.startsWith("csrftoken="))?.slice(10);

  const fail = (question) => {
    failed.add(question);
    const line = status(question);
    line.dataset.state = "failed";
    line.textContent = line.dataset.failed;
  };

  // Something is picked or written; every row has something, and steps a place each.
  const isAnswered = (question) => {
    const fields = [...question.querySelectorAll("select, input[type=text]")].map((field) => field.value.trim());
    if (!fields.length) return question.querySelector("input:checked") !== null;
    const places = question.querySelector("[data-kind=order]") ? fields.map((value) => value.split(":").pop()) : [];
    return fields.every(Boolean) && new Set(places).size === places.length;
  };

  // What was pointed out as missing is there now.
  const answered = (question) => {
    if (!("missing" in question.dataset)) return;
    delete question.dataset.missing;
    question.removeAttribute("aria-describedby");
    question.querySelector(".ds-validation-message")?.remove();
  };

  const arrived = (question, words) => {
    status(question).innerHTML = words;
    // Every save sends the whole form, so one that arrives has carried the others with it.
    for (const other of [question, ...failed]) delete status(other).dataset.state;
    for (const other of failed) if (other !== question) status(other).textContent = status(question).textContent;
    failed.clear();
    if (isAnswered(question)) answered(question);
  };

  // Handing in sends every answer: a save that is still under way must not lead the page anywhere else.
  let isLeaving = false;
  document.addEventListener("submit", (event) => {
    isLeaving = !event.defaultPrevented;
  });
  window.addEventListener("pageshow", () => {
    isLeaving = false;
  });

  const ask = async (question) => {
    const data = new FormData(question.form);
    const current = token();
    if (current) data.set("csrfmiddlewaretoken", current);
    const answer = await fetch(question.dataset.save, {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
    });
    const words = await answer.text();
    if (isLeaving) return;
    const elsewhere = answer.headers.get("HX-Redirect") || (answer.redirected && answer.url);
    if (!answer.ok) fail(question);
    else if (elsewhere) location.href = elsewhere;
    else arrived(question, words);
  };

  // One at a time for each question; what changes meanwhile is sent afterwards.
  const save = async (question) => {
    clearTimeout(waiting.get(question));
    if (isLeaving) return;
    if (underWay.has(question)) {
      underWay.set(question, true);
      return;
    }
    underWay.set(question, false);
    try {
      await ask(question);
    } catch {
      if (!isLeaving) fail(question);
    }
    const isChanged = underWay.get(question);
    underWay.delete(question);
    if (isChanged) save(question);
  };

  const questionOf = (event) => event.target.closest("[data-save]");

  document.addEventListener("change", (event) => {
    const question = questionOf(event);
    if (question) save(question);
  });

  document.addEventListener("input", (event) => {
    const question = questionOf(event);
    if (!question || !event.target.matches("input[type=text]")) return;
    clearTimeout(waiting.get(question));
    waiting.set(question, setTimeout(save, LATER, question));
  });

  // Enter in a field is not handing in: it saves, as leaving the field does.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".lc-question input[type=text]")) return;
    event.preventDefault();
    save(questionOf(event));
  });

  const again = () => {
    const [question] = failed;
    if (question) save(question);
  };
  window.addEventListener("online", again);
  setInterval(again, 15000);
})();
