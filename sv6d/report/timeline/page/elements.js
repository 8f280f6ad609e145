// Elements are made, never parsed: text stays text, whatever it holds.

const SVG = 'http://www.w3.org/2000/svg';

const filled = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const make = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

const glyph = (dimension) =>
  draw('svg', { class: 'glyph', 'aria-hidden': 'true' }, draw('use', { href: `#glyph-${dimension}` }));

const share = (seconds) => `${(100 * seconds) / duration}%`;

// Places are shares of the track, so that zooming and printing move nothing by script.
const place = (element, start, end) => {
  element.style.setProperty('--a', share(start));
  element.style.setProperty('--w', share(end - start));
  return element;
};

const picture = ({ jpeg }) => {
  const image = make('img', { alt: '', decoding: 'async', draggable: 'false' });
  image.src = `data:image/jpeg;base64,${jpeg}`;
  return image;
};
