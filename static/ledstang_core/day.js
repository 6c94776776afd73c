// Esc closes the calendar, and leaves what was typed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches?.("input")) return;
  if (window.jQuery?.(event.target).data("xdsoft_datetimepicker")) window.jQuery(event.target).datetimepicker("hide");
});
