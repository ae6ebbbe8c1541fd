/**
 * A test process whose vitest is killed would run on to the end of its test. The channel between
 * them closes then, whatever the signal was.
 */
process.once('disconnect', () => process.exit(1));
