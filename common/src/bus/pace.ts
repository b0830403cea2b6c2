/** Milliseconds from turn to turn of a busy shard, */
export const pace = 4;
/** and of what is sent to it through a broker, where each message wakes four processes one after the other. */
export const brokerPace = 12;

/**
 * Milliseconds until a shard that began something at this time may begin the next. Each message and each batch has a price of its
 * own, whatever is in it, so what comes within a turn goes together; whoever comes after a rest waits for nobody. Turns are the same for all shards
 * of a process, so that what becomes of them goes together too. Real time, whatever the clock: it is about what work costs.
 */
export const untilTurn = (since: number, turn: number) => (Math.floor((since + early) / turn) + 1) * turn - performance.now();

/** What begins less than a timer's precision before a turn has begun in it. */
export const early = 1;
