// Which dimensions are shown, and which labels, records and words on the screen a search finds.

const filters = (() => {
  const chips = [...document.querySelectorAll('.chip')];
  const field = byId('search');
  const hits = byId('hits');
  const chosen = new Set();
  let found = [];

  const isShown = (item) => !isSaid(item) || !chosen.size || chosen.has(item.dimension);
  const apply = () => {
    const asked = field.value.trim().toLowerCase();
    for (const each of document.querySelectorAll('.lane')) each.hidden = chosen.size > 0 && !chosen.has(each.dataset.dimension);
    for (const chip of chips) {
      const { dimension } = chip.dataset;
      chip.setAttribute('aria-pressed', String(dimension ? chosen.has(dimension) : !chosen.size));
    }
    found = [];
    for (const item of items) {
      const searched = isSaid(item) || item.kind === 'text';
      const hit = isShown(item) && (!asked || (searched && item.text.includes(asked)));
      if (searched) item.element.classList.toggle('missed', !hit);
      if (hit && searched) found.push(item);
      if (item.line) item.line.hidden = !hit;
    }
    found.sort((a, b) => a.start - b.start || a.side - b.side);
    hits.textContent = asked ? `${found.length} found` : '';
    field.classList.toggle('empty-handed', asked !== '' && !found.length);
  };
  const choose = (dimension) => {
    if (!dimension) chosen.clear();
    else if (!chosen.delete(dimension)) chosen.add(dimension);
    apply();
  };

  for (const chip of chips) chip.addEventListener('click', () => choose(chip.dataset.dimension));
  field.addEventListener('input', apply);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !found.length) return;
    event.preventDefault();
    const next = found.find((item) => item.start > player.now() + 2e-3) ?? found[0];
    player.seek(next.start);
    axis.reveal(next.start);
    card.show(next, true);
  });

  return {
    apply,
    choose,
    focus: () => {
      field.focus();
      field.select();
    },
    clear: () => {
      const had = field.value !== '';
      field.value = '';
      apply();
      return had;
    },
  };
})();
