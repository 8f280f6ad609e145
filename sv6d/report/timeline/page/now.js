// What the document says about the moment under the playhead, dimension by dimension.

const cells = new Map(page.dimensions.map(({ name, title }) => {
  const values = make('dd', {});
  byId('now').append(make('dt', { 'data-dimension': name }, glyph(name), title), values);
  return [name, { values, said: null }];
}));

player.onTime((time) => {
  const labels = items.filter((item) => item.kind === 'label' && item.start <= time && time < item.end);
  for (const [name, cell] of cells) {
    const here = labels.filter((item) => item.dimension === name);
    const said = here.map((item) => item.key).join(' ');
    if (said === cell.said) continue;
    cell.said = said;
    cell.values.replaceChildren(...here.map((item) => {
      const whose = two ? make('span', { class: 'visually-hidden' }, `${SIDES[item.side]}: `) : null;
      return make('span', { class: `value ${SIDES[item.side]}`, title: words(item.field) }, whose, valueOf(item));
    }));
    if (!here.length) cell.values.append(make('span', { class: 'nothing' }, '–'));
  }
});
