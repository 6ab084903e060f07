/** The longest text that a status keeps: a proxy's error page must not make the object too large to write. */
const LONGEST_SENTENCE = 4096;

/**
 * The text, cut to so many UTF-16 units where it is longer, never in the middle of a character. What is compared with a
 * status that was read has to be cut as that was, or it is news for ever.
 */
export function clipped(text: string, longest = LONGEST_SENTENCE): string {
  if (text.length <= longest) return text;
  const kept = text.slice(0, longest - 1);
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}
