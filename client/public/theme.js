// The colours are chosen before anything is painted, so that a dark page never flashes. A file of its own, because the
// Content-Security-Policy allows nothing inline; classic, because a module would come too late.
try {
  const { theme } = JSON.parse(localStorage.getItem('parley.preferences') ?? '{}');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
    // Around the page, too: the bar of a phone, the title of an installed window.
    for (const meta of document.getElementsByTagName('meta')) {
      if (meta.name === 'theme-color') meta.media = meta.dataset.theme === theme ? 'all' : 'not all';
    }
  }
} catch {
  // Nothing is kept, or nothing may be read: then the system decides.
}
