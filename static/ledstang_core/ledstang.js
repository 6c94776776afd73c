// The few things that script makes smoother. Every page works without it.
(() => {
  // Quick exit: replaces this page in the history; also on Esc twice.
  const exit = document.querySelector("[data-exit]");
  if (exit) {
    const leave = () => {
      document.documentElement.classList.add("ls-left-page");
      location.replace(exit.href);
    };
    exit.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
    let escapedAt = 0;
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") {
        escapedAt = 0;
        return;
      }
      if (event.timeStamp - escapedAt < 1000 && escapedAt) leave();
      escapedAt = event.timeStamp;
    });
  }

  // Without a connection it says so, and a form is not sent into nothing: what is written in it would be lost.
  const offline = document.querySelector("[data-offline]");
  if (offline) {
    const say = () => {
      offline.textContent = navigator.onLine ? "" : offline.dataset.offline;
    };
    for (const name of ["online", "offline", "pageshow"]) addEventListener(name, say);
    document.addEventListener("submit", (event) => {
      say();
      if (!navigator.onLine && event.target.method === "post") event.preventDefault();
    });
  }

  // On paper every folded text is open; those that the reader had closed are closed again afterwards.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll(".ls-accordion details:not([open]), .ls-transcript:not([open])")];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });

  // After a form that did not pass: start where the faults are listed.
  const first = document.querySelector("[data-focus]");
  // The field that was jumped to from an earlier list stays in the address, and the browser would go there again.
  if (first && location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  first?.focus();
})();
