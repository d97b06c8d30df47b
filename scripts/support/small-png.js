'use strict';

const zlib = require('node:zlib');

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const EIGHT_BITS = 8;
const INDEXED = 3;

/**
 * A picture of flat areas with a palette of 256 colours: a third of what the browser writes.
 * @param {import('playwright-core').Page} page - any page: the browser decodes the picture
 * @param {Buffer} png
 */
async function smallPng(page, png) {
  const { width, height, palette, indices } = await page.evaluate(reduce, png.toString('base64'));
  const pixels = Buffer.from(indices, 'base64');
  const rows = Buffer.alloc((width + 1) * height);
  // Each row begins with its filter: none.
  for (let y = 0; y < height; y++) pixels.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([EIGHT_BITS, INDEXED], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', zlib.deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(zlib.crc32(body));
  return Buffer.concat([length, body, check]);
}

/** In the page: the 256 most frequent colours, and for each pixel the nearest of them. */
async function reduce(base64) {
  const { OffscreenCanvas, createImageBitmap } = globalThis;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);

  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const rgb = (color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255];
  const all = [...counts].sort(([, a], [, b]) => b - a).map(([color]) => color);
  const palette = all.slice(0, 256).map(rgb);
  const nearest = new Map(all.map((color) => [color, indexOfNearest(rgb(color))]));
  let indices = '';
  for (const pixel of pixels) indices += String.fromCharCode(nearest.get(pixel));
  return { width, height, palette: palette.flat(), indices: btoa(indices) };

  function indexOfNearest([red, green, blue]) {
    const distances = palette.map(([r, g, b]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2);
    return distances.indexOf(Math.min(...distances));
  }
}

module.exports = { smallPng };
