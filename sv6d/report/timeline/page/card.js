// The card of an item: shown while the pointer or the focus is on it, pinned by a click, a tap or Enter.

const card = (() => {
  const element = byId('card');
  const SHOW_MS = 60; // long enough not to flash under a passing pointer
  const HIDE_MS = 180; // long enough to move the pointer onto the card
  let shown = null;
  let pinned = false;
  let timer = 0;

  const seekButton = (time) => {
    const button = make('button', { type: 'button', class: 'at' }, clock(time));
    button.addEventListener('click', () => player.seek(time));
    return button;
  };
  const fact = (name, ...value) => [make('dt', {}, name), make('dd', {}, ...value)];

  const verdict = ({ check }) => {
    if (!check) return make('p', { class: 'verdict' }, 'not re-measured');
    const mark = make('span', { 'aria-hidden': 'true' }, `${checkMarks[check.state]} `);
    return make('p', { class: `verdict ${check.state}` }, mark, verdictWords(check));
  };
  const evidenceOf = (item) => item.evidence.map((id) => {
    const found = page.documents[item.side].evidence[id];
    const frames = found.frames.slice(0, 3).map(([pts, base]) => `${pts} × ${base} s`).join(', ');
    const more = found.frames.length > 3 ? ` and ${found.frames.length - 3} more` : '';
    return make('li', {}, `${evidenceWords(found)} `,
      make('small', {}, seekButton(found.start), ` – ${clock(found.end)}`, found.method ? ` · ${found.method}` : '', frames ? ` · frames ${frames}${more}` : '',
        found.box && !item.boxes?.length ? ' · box on the picture' : ''));
  });
  const meeting = (item) => {
    if (!two || item.kind === 'text') return [];
    if (item.kind === 'record') return fact('judge', 'does not compare records');
    if (!isJudged(item)) return fact('judge', 'leaves ‘other’ out');
    if (!item.partner) return fact('judge', item.side === 0 ? 'no partner in the reference' : 'no partner in the prediction');
    const { cost, time_cost: time, label_cost: label, item: other } = item.partner;
    const whose = SIDES[other.side];
    const said = other.kind === 'label' ? valueOf(other) : other.kind === 'cut' ? words(other.change) : `shot ${other.index + 1}`;
    return fact('judge', `matched with the ${whose}'s `, make('b', {}, said), ` at distance ${cost.toFixed(3)} (time ${time.toFixed(3)}, label ${label.toFixed(3)})`);
  };
  const when = (item) => fact('time', seekButton(item.start), ` – ${clock(item.end)}`, make('small', {}, ` (${(item.end - item.start).toFixed(2)} s)`));

  const aboutLabel = (item) => {
    const field = fieldOf.get(item.field);
    const meter = make('meter', { min: '0', max: '1', value: item.confidence, 'aria-hidden': 'true' });
    return [
      make('p', { class: 'where' }, glyph(item.dimension), `${titles[item.dimension]} · ${words(item.field)}`),
      make('p', { class: 'what' }, valueOf(item)),
      make('p', { class: 'definition' }, field.definition, make('small', {}, ` ${field.source}`)),
      verdict(item),
      make('dl', {}, ...when(item), ...fact('confidence', meter, item.confidence.toFixed(2)), ...fact('source', sourceWords(item)), ...meeting(item)),
      make('p', { class: 'evidence-title' }, 'Evidence'),
      make('ul', {}, ...evidenceOf(item)),
    ];
  };
  const aboutRecord = (item) => {
    const { title, definition } = recordOf.get(item.record);
    const meter = (value) => make('meter', { min: '0', max: '1', value, 'aria-hidden': 'true' });
    const told = ([name, text, meaning]) => {
      const level = item.record === 'tension' && Number.isFinite(Number(text)) ? meter(text) : null;
      return fact(name, level, text, meaning ? make('small', {}, ` ${meaning}`) : null);
    };
    const payoff = 'payoff' in item ? fact('paid off', item.payoff === null ? 'not within the video' : seekButton(item.payoff)) : [];
    return [
      make('p', { class: 'where' }, glyph(item.dimension), `${titles[item.dimension]} · ${title}`),
      make('p', { class: 'what' }, item.words),
      make('p', { class: 'definition' }, definition),
      make('dl', {}, ...item.facts.flatMap(told), ...payoff, ...when(item),
        ...(item.confidence === null ? [] : fact('confidence', meter(item.confidence), item.confidence.toFixed(2))),
        ...fact('source', sourceWords(item)), ...meeting(item)),
      ...(item.evidence.length ? [make('p', { class: 'evidence-title' }, 'Evidence'), make('ul', {}, ...evidenceOf(item))] : []),
    ];
  };
  const aboutOther = (item) => {
    if (item.kind === 'text') return [make('p', { class: 'where' }, 'On-screen text'), make('p', { class: 'what' }, item.words),
      make('dl', {}, ...when(item), ...fact('source', item.method || 'not said'))];
    if (item.kind === 'cut') return [make('p', { class: 'where' }, `Change into shot ${item.index + 1}`), make('p', { class: 'what' }, words(item.change)),
      make('dl', {}, ...when(item), ...fact('score', item.score.toFixed(3)), ...fact('detector', item.detector), ...meeting(item))];
    return [make('p', { class: 'where' }, 'Shot'), make('p', { class: 'what' }, String(item.index + 1)), make('dl', {}, ...when(item), ...meeting(item))];
  };

  const about = (item) => ({ label: aboutLabel, record: aboutRecord })[item.kind]?.(item) ?? aboutOther(item);

  const showBoxes = (item) => {
    const seen = (item?.evidence ?? []).map((id) => ({ role: '', box: page.documents[item.side].evidence[id].box }));
    const boxes = item?.boxes?.length ? item.boxes : seen.filter(({ box }) => box);
    byId('boxes').replaceChildren(...boxes.map(({ role, box }) => {
      const frame = make('div', { 'data-dimension': item.dimension }, role ? make('span', {}, role) : null);
      const [left, top, right, bottom] = box;
      for (const [name, value] of Object.entries({ left, top, width: right - left, height: bottom - top })) {
        frame.style.setProperty(name, `${100 * value}%`);
      }
      return frame;
    }));
  };
  const mark = (item, on) => {
    item.element.classList.toggle('current', on);
    item.partner?.item.element.classList.toggle('partner', on);
    item.partner?.ribbon.classList.toggle('current', on);
  };
  // Pinned in a wide window, a card stands over the panel beside the player and covers no lane.
  const dock = () => {
    const panel = document.querySelector('.about').getBoundingClientRect();
    const top = Math.max(8, panel.top);
    if (innerWidth <= 1000 || panel.bottom - top < 220) return false;
    for (const [name, value] of [['left', panel.left], ['top', top], ['width', panel.width], ['height', panel.bottom - top]]) {
      element.style.setProperty(name, `${value}px`);
    }
    return true;
  };
  // Below the item where there is room, else above it, and inside the window.
  const put = (item, pin) => {
    if (pin && dock()) return;
    const around = item.element.getBoundingClientRect();
    const clip = scroller.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const middle = (Math.max(around.left, clip.left) + Math.min(around.right, clip.right)) / 2;
    const below = around.bottom + 6;
    const top = below + height <= innerHeight - 8 ? below : Math.max(8, around.top - height - 6);
    element.style.setProperty('left', `${between(middle - 36, 8, innerWidth - width - 8)}px`);
    element.style.setProperty('top', `${top}px`);
  };
  const hide = () => {
    clearTimeout(timer);
    if (!shown) return;
    mark(shown, false);
    element.removeAttribute('style');
    shown.element.setAttribute('aria-selected', 'false');
    shown.element.removeAttribute('aria-describedby');
    shown = null;
    pinned = false;
    element.hidden = true;
    showBoxes(null);
  };
  const show = (item, pin) => {
    hide();
    shown = item;
    pinned = pin;
    const close = make('button', { type: 'button', class: 'close icon', 'aria-label': 'Close details' }, '×');
    close.addEventListener('click', hide);
    element.replaceChildren(...(pin ? [close] : []), ...about(item));
    element.setAttribute('role', pin ? 'region' : 'tooltip');
    element.setAttribute('aria-label', 'Details');
    element.classList.toggle('pinned', pin);
    if (item.dimension) element.dataset.dimension = item.dimension;
    else delete element.dataset.dimension;
    element.hidden = false;
    mark(item, true);
    item.element.setAttribute('aria-selected', String(pin));
    if (!pin) item.element.setAttribute('aria-describedby', 'card');
    showBoxes(item);
    put(item, pin);
  };
  const soon = (action, wait) => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };

  const over = (event) => event.target.closest?.('.item')?.item;
  sheet.addEventListener('pointerover', (event) => {
    const item = over(event);
    if (item && !pinned && event.pointerType === 'mouse') soon(() => show(item, false), shown ? 0 : SHOW_MS);
  });
  sheet.addEventListener('pointerout', (event) => over(event) && !pinned && soon(hide, HIDE_MS));
  element.addEventListener('pointerenter', () => clearTimeout(timer));
  element.addEventListener('pointerleave', () => !pinned && soon(hide, HIDE_MS));
  sheet.addEventListener('focusin', (event) => over(event) && !pinned && show(over(event), false));
  sheet.addEventListener('focusout', () => !pinned && soon(hide, HIDE_MS));
  scroller.addEventListener('scroll', () => shown && !pinned && hide(), { passive: true });

  return { show, hide, isShown: () => shown !== null };
})();
