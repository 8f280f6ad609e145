// The judge's pairs, drawn between the two bands of a block: a ribbon from one span to the other, and its distance.

const LEAST_FIGURE_PX = 26; // "0.12" in the ribbon's type, and some air
const ribbons = [];

const linksBetween = (found) => {
  const shapes = draw('svg', { viewBox: `0 0 ${duration} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const box = make('div', { class: 'links', 'aria-hidden': 'true' }, shapes);
  for (const pair of found ?? []) {
    const [a, b] = pair.ends;
    const shape = draw('polygon', { points: `${a.start},0 ${a.end},0 ${b.end},1 ${b.start},1` });
    shape.style.setProperty('--near', String(1 - pair.cost));
    const figure = place(make('span', { class: 'figure' }, pair.cost.toFixed(2)), (a.start + b.start) / 2, (a.end + b.end) / 2);
    shapes.append(shape);
    box.append(figure);
    const seconds = Math.min(a.end - a.start, b.end - b.start);
    ribbons.push({ pair, shape, figure, seconds });
    a.partner.ribbon = shape;
    b.partner.ribbon = shape;
  }
  return box;
};

axis.onScale((pxPerSecond) => {
  for (const { figure, seconds } of ribbons) figure.hidden = seconds * pxPerSecond < LEAST_FIGURE_PX;
});
