// One plain sentence a line, on stderr: stdout belongs to the path that a script wants to read.
const started = Date.now();

export const elapsedSeconds = () => Math.round((Date.now() - started) / 1000);

export function tell(sentence) {
  process.stderr.write(`[${String(elapsedSeconds()).padStart(3)} s] ${sentence}\n`);
}
