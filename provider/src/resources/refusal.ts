import * as pulumi from "@pulumi/pulumi";
import type { Topic } from "../messages/index";
import { failRun } from "./run";

/** What ends a program, as a message without a stack; with its place in the list of messages. */
export class Refusal extends pulumi.RunError {
  readonly topic: Topic;

  constructor(topic: Topic, message: string) {
    super(message);
    this.topic = topic;
  }
}

/** Fails the run from inside an apply. Thrown there, the error would make the SDK's runner (3.259.0) take memory and processor for ever. */
export function failLater({ message }: Refusal): void {
  failRun();
  void pulumi.log.error(message);
}
