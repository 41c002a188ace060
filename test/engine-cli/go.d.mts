export const goFlags: readonly string[];
export const goEnvironment: NodeJS.ProcessEnv;
