export {
  decodeHeader,
  encodeHeader,
  type HeaderRead,
  MAX_HEADER_BYTES,
  type TimelineFormat,
} from "./frames/format.ts";
export { type Decoded, FrameDecoder } from "./frames/frame-decoder.ts";
export { FrameLog } from "./frames/frame-log.ts";
export { FrameRing } from "./frames/frame-ring.ts";
export { PlaybackClock, type PlaybackClockOptions } from "./playback/clock.ts";
export type { Machine } from "./playback/machine.ts";
export { Playback, type PlaybackOptions, type SeekEnd, type SnapshotSource } from "./playback/playback.ts";
export { type FollowOptions, followJson, pause } from "./streams/follow-json.ts";
export { type ForkOptions, forkTimeline } from "./streams/fork.ts";
export { type HashEntry, HashTrail, type Verdict } from "./streams/hash-trail.ts";
export { isTimelineName, type TimelinePlace } from "./streams/place.ts";
export { NotATimelineError, type ReaderOptions, TimelineReader } from "./streams/reader.ts";
export { createTimeline, Recorder, type RecorderOptions, type TimelineLimits } from "./streams/recorder.ts";
export { type SnapshotEntry, type SnapshotLimits, Snapshots } from "./streams/snapshots.ts";
