/**
 * Work that goes on in pieces of some milliseconds: at each `yield` whoever runs it may do something else first. One host's answer may be
 * large, and the process serves other hosts, whose guards are running.
 */
export type Pieces<Result> = Generator<void, Result>;

/** How many small things make a piece. */
export const piece = 500;

/** All of it at once: where it is known to be little. */
export function finish<Result>(work: Pieces<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Each line of a text, without its end. */
export function* eachLine(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    yield end === -1 ? text.slice(from) : text.slice(from, end);
    if (end === -1) return;
    from = end + 1;
  }
}

export function* mapped<One, Other>(ones: readonly One[], of: (one: One) => Other): Pieces<Other[]> {
  const others: Other[] = [];
  for (const [index, one] of ones.entries()) {
    others.push(of(one));
    if (index % piece === piece - 1) yield;
  }
  return others;
}
