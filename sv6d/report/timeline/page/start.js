// Buttons, clicks on the sheet, and the order in which the page comes up.

byId('play').addEventListener('click', () => player.toggle());
byId('previous').addEventListener('click', () => player.jumpToCut(-1));
byId('next').addEventListener('click', () => player.jumpToCut(1));
byId('mute').addEventListener('click', mute);
byId('speed').addEventListener('change', (event) => player.setSpeed(Number(event.target.value)));
byId('zoom-in').addEventListener('click', () => axis.zoomBy(1.5));
byId('zoom-out').addEventListener('click', () => axis.zoomBy(1 / 1.5));
byId('zoom-fit').addEventListener('click', () => axis.fit());
byId('help-open').addEventListener('click', () => byId('help').showModal());
byId('help-close').addEventListener('click', () => byId('help').close());
for (const chip of document.querySelectorAll('.chip')) chip.addEventListener('click', () => lanes.keepStop());

// A pointer's click leaves the keyboard with the player: after it, space plays and arrows seek.
for (const each of document.querySelectorAll('.transport button, .toolbar button, .sheet')) {
  each.addEventListener('mousedown', (event) => event.preventDefault());
}

// A click anywhere on the time axis seeks there; on an item it also pins its card.
sheet.addEventListener('click', (event) => {
  if (event.target.closest('.head') || event.target.closest('.ruler')) return;
  if (!getSelection().isCollapsed) getSelection().removeAllRanges();
  const item = event.target.closest('.item')?.item;
  document.activeElement.blur();
  if (item) {
    player.seek(between(axis.timeAt(event.clientX), item.start, Math.max(item.start, item.end - frameLength / 2)));
    card.show(item, true);
  } else {
    player.seek(axis.timeAt(event.clientX));
    card.hide();
  }
});

document.addEventListener('click', (event) => {
  const at = event.target.closest('button.at[data-at]');
  if (!at) return;
  const time = Number(at.dataset.at) / 1e9;
  player.seek(time);
  axis.reveal(time);
});

const position = byId('position');
position.addEventListener('input', () => player.seek(position.valueAsNumber));
player.onTime((time, playing) => {
  position.value = String(time);
  position.style.setProperty('--done', share(time));
  position.setAttribute('aria-valuetext', clock(time, 1));
  byId('time').textContent = clock(time);
  const button = byId('play');
  if (button.classList.toggle('playing', playing) !== (button.getAttribute('aria-label') === 'Pause')) {
    button.setAttribute('aria-label', playing ? 'Pause' : 'Play');
  }
});

const shape = document.querySelector('.stage').style;
shape.setProperty('--width', String(page.video.width));
shape.setProperty('--height', String(page.video.height));
axis.start();
player.tell();
performance.mark('timeline-shown');
window.addEventListener('load', () => {
  table.fill();
  setTimeout(player.load);
});
