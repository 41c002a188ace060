import { targetOf } from "../../provider/src/host/ssh/target";

/** Prints whom each host would be asked to let in. */
void (async () => {
  for (const host of process.argv.slice(2)) console.log((await targetOf({ host })).user);
})();
