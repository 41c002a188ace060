import { join } from "node:path";
import ts from "typescript";
import { type Page, root } from "./page";

/** What the compiler says about the `ts` blocks of all pages, each of which is a module of its own, as `PAGE: BLOCK: LINE: MESSAGE`. */
export function complaints(pages: readonly Page[]): string[] {
  const files = new Map<string, { name: string; text: string }>();
  for (const { path, blocks } of pages)
    for (const [index, { text }] of blocks.filter(({ language }) => language === "ts").entries()) {
      const name = `${path}: ts block ${index + 1}`;
      files.set(join(root, "test/docs", `${files.size}.block.ts`), { name, text: `${text}\nexport {};\n` });
    }
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  // A reader's program keeps what it does not use yet.
  const compilerOptions = { ...config.compilerOptions, noUnusedLocals: false, noUnusedParameters: false };
  const { options } = ts.parseJsonConfigFileContent({ compilerOptions, files: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.text ?? readFile(path);
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const said = ts.flattenDiagnosticMessageText(messageText, "\n");
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    return `${files.get(file?.fileName ?? "")?.name ?? file?.fileName}: line ${line}: ${said}`;
  });
}
