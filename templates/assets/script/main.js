// The one entry of every page: marks that script runs.
document.documentElement.classList.add("scripted");
