// The theme puts every copy button into a landmark of its own, without a name.
const unmark = () => {
  for (const nav of document.querySelectorAll('.md-code__nav:not([role])')) nav.setAttribute('role', 'none');
};
new MutationObserver(unmark).observe(document.documentElement, { childList: true, subtree: true });
unmark();
