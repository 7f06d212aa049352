// A list of links that gets shorter while one types what is looked for: all words, in any case, in any order.
export function attach(form) {
  const list = document.getElementById(form.dataset.narrow);
  const told = document.querySelector("[data-narrowed]");
  const input = form.elements.q;
  if (!list || !told) return;
  form.querySelector("button").hidden = true;
  const narrow = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const lines = [...list.children];
    for (const line of lines) {
      const topic = line.querySelector(".topic").textContent.toLowerCase();
      line.hidden = !words.every((word) => topic.includes(word));
    }
    told.textContent = lines.every((line) => line.hidden) ? form.dataset.none : "";
  };
  input.addEventListener("input", narrow);
  // Enter takes the first that is left.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    [...list.children].find((line) => !line.hidden)?.querySelector("a").click();
  });
  narrow();
}
