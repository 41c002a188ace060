import { foreignSubjects } from "./foreign";
import { movedSubjects } from "./moved";
import { singleSubjects } from "./single";
import type { Subject } from "./subject";
import { takenBackSubjects } from "./takenBack";
import { wholeSubjects } from "./whole";

export const subjects: readonly Subject[] = [
  ...singleSubjects,
  ...wholeSubjects,
  ...foreignSubjects,
  ...movedSubjects,
  ...takenBackSubjects,
];
