const HUES = { alice: 255, bob: 160, carol: 335 };

export const $ = (id) => document.getElementById(id);

/** `element('li', { className: 'note' }, 'text', child)`. */
export function element(tag, properties, ...content) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
}

/** The first letter of a person in a circle of their own colour. */
export function face(name) {
  const circle = element('span', { className: 'face', ariaHidden: 'true' }, name[0].toUpperCase());
  circle.style.setProperty('--hue', HUES[name] ?? 30);
  return circle;
}

/** `12:01:02`, of milliseconds. */
export function clock(time) {
  return new Date(time).toTimeString().slice(0, 8);
}

/** `0.42 ms`, `12 ms`: as many digits as one reads at a glance. */
export function milliseconds(value) {
  return `${number(value)} ms`;
}

export function number(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

/** Where a hint leads to, without the folder of the package: here one is inside. */
export function shortened(hint) {
  return hint.replace('node_modules/passport-socketio-native/', '');
}

/** A function that draws only what has changed: so neither focus nor a selection is lost each second. */
export function drawnOnChange(draw) {
  let drawn;
  return (data) => {
    const text = JSON.stringify(data);
    if (text === drawn) return;
    drawn = text;
    draw(data);
  };
}
