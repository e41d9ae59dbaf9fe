/** Cuts game data to its first episode: 27 MB become a few. What is not drawn there stays as a name, since the engine asks for all. */

const ENTRY = 16;
const HEADER = 12;
/** The lumps that follow the name of a map. */
const MAP_LUMPS = new Set(
  "THINGS LINEDEFS SIDEDEFS VERTEXES SEGS SSECTORS NODES SECTORS REJECT BLOCKMAP".split(" "),
);
/** Sounds of the loudspeaker inside the machine, and demos: nobody asks for them. */
const UNUSED = /^(DP|DEMO\d)/;
/** Pieces of music are asked for by name, and never played. */
const UNHEARD = /^D_/;
/** What the engine shows without a map that names it: switches and what moves in pictures. */
const WALLS = /^(SW[12]|SKY1|BLODGR|SLADRIP|BLODRIP|FIRE|GSTFONT|ROCKRED|[BSW]FALL|DBRAIN)/;
const FLOORS = /^(F_SKY1|FLOOR4_8|FLOOR7_2|NUKAGE|[FS]WATER|LAVA|BLOOD|RROCK0|SLIME)/;

/** @returns lumps as `{ name, data }`, in their order */
function readWad(/** @type {Buffer} */ wad) {
  const count = wad.readInt32LE(4);
  const directory = wad.readInt32LE(8);
  return Array.from({ length: count }, (_, index) => {
    const at = directory + index * ENTRY;
    const start = wad.readInt32LE(at);
    return { name: nameAt(wad, at + 8), data: wad.subarray(start, start + wad.readInt32LE(at + 4)) };
  });
}

function nameAt(/** @type {Buffer} */ data, at) {
  return data
    .toString("latin1", at, at + 8)
    .replace(/\0.*$/s, "")
    .toUpperCase();
}

/** The lumps of the first episode's maps, and of what belongs to no map. */
function firstEpisode(lumps) {
  let map = "";
  return lumps.filter(({ name }) => {
    if (/^E\dM\d$/.test(name)) map = name;
    else if (!MAP_LUMPS.has(name)) map = "";
    return !/^E[2-9]/.test(map) && !UNUSED.test(name);
  });
}

/** The names that records of a lump have at these places. */
function namesIn(lumps, lumpName, length, places) {
  const found = new Set();
  for (const { name, data } of lumps)
    if (name === lumpName)
      for (let at = 0; at + length <= data.length; at += length)
        for (const place of places) found.add(nameAt(data, at + place));
  return found;
}

/** The patches that the textures in use are put together from. */
function patchesInUse(lumps) {
  const lump = (wanted) => lumps.find(({ name }) => name === wanted)?.data ?? Buffer.alloc(4);
  const names = lump("PNAMES");
  const used = namesIn(lumps, "SIDEDEFS", 30, [4, 12, 20]);
  const patches = new Set();
  for (const textures of [lump("TEXTURE1"), lump("TEXTURE2")])
    for (let index = 0; index < textures.readInt32LE(0); index++) {
      const at = textures.readInt32LE(4 + index * 4);
      const name = nameAt(textures, at);
      // The first texture is never drawn, but measured.
      if (!used.has(name) && !WALLS.test(name)) continue;
      for (let patch = 0; patch < textures.readInt16LE(at + 20); patch++)
        patches.add(nameAt(names, 4 + textures.readInt16LE(at + 22 + patch * 10 + 4) * 8));
    }
  return patches;
}

/** A patch of the same size with nothing on it. */
function emptyPatch(/** @type {Buffer} */ patch) {
  const width = patch.readInt16LE(0);
  const empty = Buffer.alloc(8 + width * 4 + 1, 0xff);
  patch.copy(empty, 0, 0, 8);
  for (let column = 0; column < width; column++) empty.writeInt32LE(8 + width * 4, 8 + column * 4);
  return empty;
}

/** Lumps with what no map of theirs shows made empty. */
function withoutUnseen(lumps) {
  const patches = patchesInUse(lumps);
  const flats = namesIn(lumps, "SECTORS", 26, [4, 12]);
  let section = "";
  return lumps.map(({ name, data }) => {
    if (/^[PF]\d?_START$/.test(name)) section = name[0];
    else if (/^[PF]_END$/.test(name)) section = "";
    if (data.length === 0) return { name, data };
    if (UNHEARD.test(name)) return { name, data: Buffer.alloc(4) };
    if (section === "P" && !patches.has(name)) return { name, data: emptyPatch(data) };
    if (section === "F" && !flats.has(name) && !FLOORS.test(name))
      return { name, data: Buffer.alloc(data.length) };
    return { name, data };
  });
}

function writeWad(lumps) {
  const directory = Buffer.alloc(lumps.length * ENTRY);
  let at = HEADER;
  lumps.forEach(({ name, data }, index) => {
    directory.writeInt32LE(at, index * ENTRY);
    directory.writeInt32LE(data.length, index * ENTRY + 4);
    directory.write(name, index * ENTRY + 8, 8, "latin1");
    at += data.length;
  });
  const header = Buffer.from("IWAD\0\0\0\0\0\0\0\0", "latin1");
  header.writeInt32LE(lumps.length, 4);
  header.writeInt32LE(at, 8);
  return Buffer.concat([header, ...lumps.map(({ data }) => data), directory]);
}

/**
 * @param {Buffer} wad game data with several episodes
 * @returns {Buffer} the same with the first
 */
export function cutToFirstEpisode(wad) {
  return writeWad(withoutUnseen(firstEpisode(readWad(wad))));
}
