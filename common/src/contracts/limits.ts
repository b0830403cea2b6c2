/** Every limit that a person or a client can run into. Named here once, quoted by the docs, free of zod so that a browser can import it alone. */
export const limits = {
  /** Characters (code points) of one message. */
  messageText: 4_000,
  displayName: 64,
  about: 280,
  userNameMin: 3,
  userNameMax: 32,
  email: 254,
  passwordMin: 8,
  /** Bytes, so that hashing has a known cost whatever the script. */
  passwordMaxBytes: 256,
  deviceName: 80,
  /** Bytes of an uploaded picture, as stored: clients scale it down before they send it. */
  pictureBytes: 128 * 1024,
  /** Pixels of its longer side. */
  pictureSide: 1_024,
  /** Bytes of the JSON that one HTTP request may carry. */
  bodyBytes: 64 * 1024,
  /** Levels of objects and lists in JSON from a client. */
  nesting: 16,
  /** Bytes of one WebSocket message from a client. */
  frameBytes: 64 * 1024,
  /** Commands that one WebSocket message may carry. */
  framesPerMessage: 100,
  /** Rooms that one device may have joined at once. */
  roomsPerDevice: 200,
  /** Seconds between two frames that say that somebody is still typing; more often tells nobody more. */
  typingEvery: 2,
  /** Seconds after which somebody who said nothing more is no longer shown as typing. */
  typingFor: 6,
  /** People whose presence one device may watch beside its conversations. */
  watchedPeople: 200,
  /** Browsers of one person that are notified while Parley is closed; past it the oldest one is not any more. */
  pushSubscriptions: 20,
  /** Characters of the address that a browser's push service gave it. */
  pushEndpoint: 1_024,
  /** Notification sockets without a session that one address may have open on one pod. */
  guestsPerAddress: 20,
  /** Entries of one page, at most. */
  page: 100,
  /** Changes that a client can catch up on; past it the answer is `reset`. */
  changes: 1_000,
  /** Entries of one page of versions. */
  versionsPage: 1_000,
  /** People whose conversations one service asks another for at once. */
  peersOf: 100,
  /** People that one person may begin a conversation with in 24 hours, unless the operator sets another number. */
  newConversations: 100,
  /** Unread is counted up to this number. */
  unread: 999,
  searchText: 100,
  /** Of people, by one person: more than anybody types. */
  searchesPerMinute: 240,
  profileChangesPerMinute: 30,
  /** Different emoji that one person may leave on one message. */
  reactionsPerPerson: 8,
  reportNote: 1_000,
  /** Of messages, by one person: more than anybody types. */
  messageSearchesPerMinute: 240,
  /** Pages of messages, lists and what changed, by one person on all devices: more than catching up with a year on several takes. */
  messageReadsPerMinute: 6_000,
  /** Settings of conversations, blocks and privacy. */
  decisionsPerMinute: 120,
  reportsPerHour: 60,
  messageExportsPerHour: 6,
} as const;
