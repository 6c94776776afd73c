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
  document.querySelector("[data-focus]")?.focus();
})();
