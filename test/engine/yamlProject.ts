// What tests of programs in YAML share.
import { after, afterEach, before } from "mocha";
import type { StackOptions } from "../engine-cli/engine";
import { ensureYamlHost } from "../engine-cli/yaml-host.mjs";
import { SshHome } from "./importing";
import { openYaml, type Project, type YamlProgram } from "./languages";

/** Opens projects for the tests of a file, each gone after its test. */
export function useYaml(): (program: YamlProgram, options?: Partial<StackOptions>) => Promise<Project<YamlProgram>> {
  let projects: Project<YamlProgram>[] = [];
  before(() => ensureYamlHost());
  afterEach(async () => {
    for (const project of projects.splice(0)) await project.remove();
  });
  return async (program, options) => {
    const project = await openYaml(program, options);
    projects = [...projects, project];
    return project;
  };
}

/** For all tests of a file. */
export function useSshHome(): () => SshHome {
  let home: SshHome | undefined;
  before(async () => {
    home = await SshHome.make();
  });
  after(() => home?.remove());
  return () => {
    if (home === undefined) throw new Error("there is no home yet");
    return home;
  };
}
