// The keyboard: keys for the player anywhere, and arrows from label to label inside the lanes.

const lanes = (() => {
  const bands = [...sheet.querySelectorAll('.band')].filter((each) => each.sorted.length);
  let current = bands[0].sorted[0];
  let goal = current.start; // going up and down keeps to this time, whatever lies between
  current.element.tabIndex = 0;

  const enter = (item) => {
    current.element.tabIndex = -1;
    current = item;
    item.element.tabIndex = 0;
    item.element.focus({ preventScroll: false });
    axis.reveal(item.start);
  };
  const nearest = (list, time) =>
    list.reduce((best, item) => (distance(item, time) < distance(best, time) ? item : best));
  const distance = (item, time) => (time < item.start ? item.start - time : time >= item.end ? time - item.end + 1e-9 : 0);
  const move = {
    ArrowLeft: (list, at) => list[at - 1],
    ArrowRight: (list, at) => list[at + 1],
    Home: (list) => list[0],
    End: (list) => list.at(-1),
  };

  return {
    // Whether the key was one for going between labels.
    key: (item, key) => {
      const visible = bands.filter((each) => each.offsetParent !== null);
      const index = visible.findIndex((each) => each.sorted.includes(item));
      const list = visible[index].sorted;
      let next;
      if (key in move) {
        next = move[key](list, list.indexOf(item));
        goal = (next ?? item).start;
      } else if (key === 'ArrowUp' || key === 'ArrowDown') {
        const other = visible[index + (key === 'ArrowUp' ? -1 : 1)];
        next = other && nearest(other.sorted, goal);
      } else if (key === 'Enter') {
        player.seek(item.start);
        card.show(item, true);
        return true;
      } else return false;
      if (next) enter(next);
      return true;
    },
    // The lanes keep one stop of the Tab key; it must not lie in a lane that is filtered out.
    keepStop: () => {
      if (current.element.offsetParent !== null) return;
      current.element.tabIndex = -1;
      [current] = bands.find((each) => each.offsetParent !== null).sorted;
      current.element.tabIndex = 0;
    },
  };
})();

const mute = () => {
  const button = byId('mute');
  if (!button.hidden) button.setAttribute('aria-pressed', String(player.mute()));
};

const escape = () => {
  const inside = document.activeElement;
  if (card.isShown()) card.hide();
  else if (inside === byId('search')) {
    if (!filters.clear()) inside.blur();
  } else if (inside.closest?.('.sheet')) inside.blur();
  else filters.clear();
};

const showDimension = (number) => {
  filters.choose(page.dimensions[number - 1].name);
  lanes.keepStop();
};

const actions = {
  ' ': () => player.toggle(),
  ArrowLeft: (event) => player.seek(player.now() - (event.shiftKey ? frameLength : 1)),
  ArrowRight: (event) => player.seek(player.now() + (event.shiftKey ? frameLength : 1)),
  n: () => player.jumpToCut(1),
  p: () => player.jumpToCut(-1),
  Home: () => player.seek(0),
  End: () => player.seek(duration - frameLength / 2),
  '/': () => filters.focus(),
  '+': () => axis.zoomBy(1.5),
  '=': () => axis.zoomBy(1.5),
  '-': () => axis.zoomBy(1 / 1.5),
  0: () => axis.fit(),
  m: mute,
  '?': () => byId('help').showModal(),
  Escape: escape,
};
for (const number of [1, 2, 3, 4, 5, 6]) actions[number] = () => showDimension(number);

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
  const { target, key } = event;
  if (target.matches('input:not([type=range]), select') && key !== 'Escape') return;
  if (target.matches('button, a, summary') && (key === ' ' || key === 'Enter')) return;
  if (target.item && lanes.key(target.item, key)) {
    event.preventDefault();
    return;
  }
  const action = actions[key.length === 1 ? key.toLowerCase() : key];
  if (!action) return;
  event.preventDefault();
  action(event);
  if (key === 'n' || key === 'p' || key === 'Home' || key === 'End') axis.reveal(player.now());
});
