import { change } from "./change";
import { command } from "./command";
import { declared } from "./declared";
import { fleet } from "./fleet";
import { history } from "./history";
import { hold } from "./hold";
import { host } from "./host";
import { login } from "./login";
import { owners } from "./owners";
import { persistence } from "./persistence";
import { reaching } from "./reaching";

/**
 * The one list of what this package tells people: each error, warning and failure of a check names a topic of it, and
 * docs/troubleshooting.md is generated from it.
 */
export const themes = {
  "The host cannot be reached": reaching,
  "The login fails": login,
  "The host lacks something, or is busy": host,
  "What is declared is not right": declared,
  "Many hosts": fleet,
  "Somebody else's entry is in the way": owners,
  "How a change ended": change,
  "A change that is held": hold,
  "Going back": history,
  "After a reboot": persistence,
  "The command policy-routing": command,
} as const;

export const topics = {
  ...reaching,
  ...login,
  ...host,
  ...declared,
  ...fleet,
  ...owners,
  ...change,
  ...hold,
  ...history,
  ...persistence,
  ...command,
};
export type Topic = keyof typeof topics;
export const isTopic = (word: unknown): word is Topic => typeof word === "string" && Object.hasOwn(topics, word);
