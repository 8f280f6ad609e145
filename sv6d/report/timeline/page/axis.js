// One time axis: the ruler, zoom, the playhead and the line under the pointer.

const scroller = byId('scroller');
const sheet = byId('sheet');

const axis = (() => {
  const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
  const LEAST_TICK_PX = 64; // room for "12:34.5" and some air
  const MOST_PX_PER_S = 600; // at 25 frames a second a frame is as wide as a label's least width
  const ticks = make('div', { class: 'ticks' });
  const track = make('div', { class: 'track ruler-track' }, ticks);
  const head = make('div', { class: 'playhead' });
  const pointer = make('div', { class: 'pointer', hidden: true }, make('span'));
  const over = make('div', { class: 'over', 'aria-hidden': 'true' }, pointer, head);
  const listeners = [];
  let zoom = 1;
  let trackWidth = 1;
  let viewWidth = scroller.clientWidth; // read while the sheet is empty: later it would lay everything out
  let gutter = parseFloat(getComputedStyle(sheet).getPropertyValue('--gutter-px'));

  const drawTicks = (width) => {
    const step = STEPS.find((each) => (each * width) / duration >= LEAST_TICK_PX) ?? STEPS.at(-1);
    const marks = [];
    for (let index = 0; index * step < duration; index += 1) {
      const mark = make('span', {}, clock(index * step, step < 1 ? 1 : 0));
      mark.style.setProperty('--a', share(index * step));
      marks.push(mark);
    }
    ticks.replaceChildren(...marks);
  };
  const drawFor = (width) => {
    drawTicks(width);
    for (const listener of listeners) listener(width / duration);
  };
  const rescale = () => {
    trackWidth = (viewWidth - gutter) * zoom;
    sheet.style.setProperty('--zoom', String(zoom));
    drawFor(trackWidth);
  };
  const most = () => Math.max(1, (MOST_PX_PER_S * duration) / Math.max(1, viewWidth - gutter));
  const setZoom = (value, heldTime = player.now()) => {
    const before = (heldTime / duration) * trackWidth - scroller.scrollLeft;
    zoom = between(value, 1, most());
    rescale();
    scroller.scrollLeft = (heldTime / duration) * trackWidth - before;
  };
  const timeAt = (clientX) => {
    const { left, width } = track.getBoundingClientRect();
    return between(((clientX - left) / width) * duration, 0, duration);
  };
  const follow = (time) => {
    const x = (time / duration) * trackWidth - scroller.scrollLeft;
    const room = viewWidth - gutter;
    if (x < 0 || x > room * 0.94) scroller.scrollLeft += x - room * 0.12;
  };

  player.onTime((time, playing) => {
    head.style.transform = `translateX(${(100 * time) / duration}%)`;
    if (playing && zoom > 1) follow(time);
  });

  let dragging = false;
  track.addEventListener('pointerdown', (event) => {
    dragging = true;
    track.setPointerCapture(event.pointerId);
    player.seek(timeAt(event.clientX));
  });
  track.addEventListener('pointermove', (event) => dragging && player.seek(timeAt(event.clientX)));
  for (const name of ['pointerup', 'pointercancel']) track.addEventListener(name, () => { dragging = false; });

  const pointed = [];
  let waiting = false;
  sheet.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'mouse' || waiting) return;
    waiting = true;
    const { clientX } = event;
    requestAnimationFrame(() => {
      waiting = false;
      const time = timeAt(clientX);
      pointer.hidden = false;
      pointer.style.transform = `translateX(${(100 * time) / duration}%)`;
      pointer.firstChild.textContent = clock(time, 2);
      for (const listener of pointed) listener(time);
    });
  });
  sheet.addEventListener('pointerleave', () => {
    pointer.hidden = true;
    for (const listener of pointed) listener(null);
  });
  scroller.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    setZoom(zoom * Math.exp(-event.deltaY / 300), timeAt(event.clientX));
  }, { passive: false });
  window.addEventListener('beforeprint', () => drawFor(800)); // about the track of a landscape A4 page
  window.addEventListener('afterprint', () => drawFor(trackWidth));

  return {
    track,
    over,
    timeAt,
    onScale: (listener) => listeners.push(listener),
    onPoint: (listener) => pointed.push(listener),
    zoomBy: (factor) => setZoom(zoom * factor),
    fit: () => setZoom(1),
    // At first as wide as it takes for the usual shot to show a word, but never so wide that the whole is lost.
    start: () => {
      const lengths = page.documents[0].shots.map((shot) => shot.end - shot.start).sort((a, b) => a - b);
      const usual = lengths[Math.floor(lengths.length / 2)];
      const wide = (56 * duration) / usual / Math.max(1, viewWidth - gutter);
      zoom = wide < 1.6 ? 1 : Math.min(wide, 4, most()); // a little more than the whole would only hide its end
      rescale();
      new ResizeObserver(() => {
        if (scroller.clientWidth === viewWidth) return;
        viewWidth = scroller.clientWidth;
        gutter = parseFloat(getComputedStyle(sheet).getPropertyValue('--gutter-px'));
        rescale();
      }).observe(scroller);
    },
    reveal: (time) => follow(time),
  };
})();
