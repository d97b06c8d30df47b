'use strict';

// A classic script in the head: the theme is set before the first paint. What the visitor chose is kept; until then the
// page follows the system.
(() => {
  const KEY = 'demo-theme';
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;

  const chosen = () => localStorage.getItem(KEY);
  const isDark = () => (chosen() ?? (system.matches ? 'dark' : 'light')) === 'dark';

  function apply() {
    root.dataset.theme = isDark() ? 'dark' : 'light';
    document.getElementById('theme')?.setAttribute('aria-pressed', String(isDark()));
    window.dispatchEvent(new Event('theme'));
  }

  apply();
  system.addEventListener('change', apply);
  document.addEventListener('DOMContentLoaded', () => {
    apply();
    document.getElementById('theme').addEventListener('click', () => {
      localStorage.setItem(KEY, isDark() ? 'light' : 'dark');
      apply();
    });
  });
})();
