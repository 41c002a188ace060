import { type Report, summaryOf } from "./summary";
export const htmlOf = (report: Report): string => summaryOf(report);
