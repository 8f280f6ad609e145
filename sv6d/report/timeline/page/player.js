// The video and its clock. Where the browser does not play the file, a clock of our own runs over thumbnails.

const player = (() => {
  const video = byId('video');
  const still = byId('still');
  const listeners = [];
  const stills = page.pictures.flat();
  let offset = 0; // the browser's time of the first frame, which is time zero here
  let wanted = null; // asked for before the video was there
  let own = null; // {at, since, running}: the clock of our own
  let speed = 1;

  const ownTime = () => between(own.at + (own.running ? ((performance.now() - own.since) / 1000) * speed : 0), 0, duration);
  const now = () => {
    if (own) return ownTime();
    return wanted ?? between(video.currentTime - offset, 0, duration);
  };
  const playing = () => (own ? own.running : !video.paused && !video.ended);

  let shown = -1;
  const showStill = (time) => {
    if (!stills.length) return;
    const later = stills.findIndex((each) => each.time > time);
    const index = later < 0 ? stills.length - 1 : Math.max(0, later - 1);
    if (index === shown) return;
    shown = index;
    still.src = `data:image/jpeg;base64,${stills[index].jpeg}`;
  };
  const tell = () => {
    const time = now();
    if (own) {
      if (time >= duration) own = { at: duration, since: 0, running: false };
      showStill(time);
    }
    for (const listener of listeners) listener(time, playing());
  };
  const run = () => {
    tell();
    if (playing()) requestAnimationFrame(run);
  };

  const seek = (time) => {
    const target = between(time, 0, duration);
    if (own) own = { ...own, at: target, since: performance.now() };
    else if (video.readyState < 1) wanted = target;
    // A tenth of a millisecond on, so that rounding does not show the frame before.
    else video.currentTime = target + offset + 1e-4;
    tell();
  };
  const toggle = () => {
    if (own) {
      const at = ownTime() >= duration ? 0 : ownTime();
      own = { at, since: performance.now(), running: !own.running };
      run();
    } else if (video.paused) video.play().catch(() => tell());
    else video.pause();
  };
  const giveUp = () => {
    own = { at: now(), since: 0, running: false };
    video.hidden = true;
    still.hidden = false;
    byId('notice').hidden = false;
    tell();
  };

  video.addEventListener('play', run);
  for (const name of ['pause', 'ended', 'seeked', 'timeupdate']) video.addEventListener(name, tell);
  video.addEventListener('error', giveUp);
  video.addEventListener('loadedmetadata', () => {
    if (wanted === null) return;
    const target = wanted;
    wanted = null;
    seek(target);
  });
  video.addEventListener('click', toggle);
  video.requestVideoFrameCallback?.((_, frame) => {
    if (video.currentTime === 0) offset = frame.mediaTime;
  });

  return {
    now,
    playing,
    seek,
    toggle,
    onTime: (listener) => listeners.push(listener),
    tell,
    setSpeed: (value) => {
      if (own) own = { at: ownTime(), since: performance.now(), running: own.running };
      speed = value;
      video.playbackRate = value;
    },
    mute: () => {
      video.muted = !video.muted;
      return video.muted;
    },
    // Called when the page is up: turning megabytes of text into a video must not delay its opening.
    load: () => {
      const media = byId('media');
      const { mime, reference } = media.dataset;
      video.src = mime ? `data:${mime};base64,${media.textContent}` : reference;
      media.remove();
    },
    jumpToCut: (direction) => {
      const time = now();
      const slack = direction < 0 && playing() ? 0.7 : 2e-3; // while it plays, back goes past the cut just seen
      const edges = [0, ...cuts];
      const next = direction > 0 ? edges.find((edge) => edge > time + slack) : edges.findLast((edge) => edge < time - slack);
      if (next !== undefined) seek(next);
    },
  };
})();
