// The switch for keys without Ctrl or Alt; kept in this browser.
export function attach(box) {
  box.checked = localStorage.getItem("single-keys") !== "off";
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem("single-keys");
    else localStorage.setItem("single-keys", "off");
  });
}
