import { isDeepStrictEqual } from "node:util";
import {
  CheckFailure,
  type CheckRequest,
  CheckResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  PropertyDiff,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Claims, claimed, claimedHost } from "../declaration/claimed";
import type { ProviderConfiguration } from "../declaration/providerConfiguration";
import { calls, type Handlers } from "../runtime";
import type { Properties } from "../runtime/handlers";
import type { Run } from "../runtime/run";
import { ownerOf } from "./configuration";
import { keeping } from "./failure";
import { foreseen } from "./foreseen";
import { found } from "./importing";
import { kept, whole } from "./kept";
import type { LivePreview } from "./livePreview";
import { isPending } from "./pending";
import type { Rows } from "./rows";
import { Empty } from "./sdk";
import { type Urn, urnOf } from "./urn";
import { type Received, received, sent } from "./wire";

type Wire = Parameters<typeof received>[0];
const { DIFF_SOME } = DiffResponse.DiffChanges;

/** The life cycle of resources on the engine's wire; what is decided, `handlers` decides. */
export class Resources {
  readonly #claims = new Claims();
  /** Imports that a refresh read: the diff that comes behind it is about what was read, and not about the program. */
  readonly #looked = new Set<string>();
  readonly #run: Run | undefined;
  readonly #configuration: () => ProviderConfiguration;
  readonly #live: LivePreview;
  readonly #rows: Rows;

  constructor(run: Run | undefined, configuration: () => ProviderConfiguration, live: LivePreview, rows: Rows) {
    this.#rows = rows;
    this.#run = run;
    this.#live = live;
    this.#configuration = configuration;
  }

  readonly check = async (request: CheckRequest): Promise<CheckResponse> => {
    const urn = urnOf(request.getUrn());
    const olds = received(request.getOlds());
    const news = received(request.getNews());
    const owner = ownerOf(urn, this.#configuration(), olds.values["owner"]);
    const { inputs, failures } = await this.#of(request).check(olds.values, { ...news.values, owner });
    const twice = this.#twice(urn, inputs).map((reason) => ({ property: "", reason }));
    return new CheckResponse()
      .setInputs(sent(inputs, news.secrets))
      .setFailuresList([...failures, ...twice].map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason)));
  };

  readonly diff = async (request: DiffRequest): Promise<DiffResponse> => {
    const [olds, news] = [stateIn(request.getOldInputs(), request.getOlds()), received(request.getNews())];
    const { changes } = await this.#of(request).diff(request.getId(), olds.values, news.values);
    if (isPending(olds.values) && !this.#looked.delete(request.getId()))
      return takesOver(received(request.getOldInputs()).values, news.values);
    // Left as it is, the engine compares canonical inputs itself.
    return changes === true ? new DiffResponse().setChanges(DIFF_SOME) : new DiffResponse();
  };

  readonly create = async (request: CreateRequest): Promise<CreateResponse> => {
    const news = received(request.getProperties());
    if (request.getPreview()) {
      const properties = await this.#foreseen(request, request.getUrn(), undefined, news.values);
      return new CreateResponse().setProperties(sent(properties, news.secrets));
    }
    const { id, outs } = await this.#rows
      .during(request.getUrn(), [news.values], this.#of(request).create(news.values))
      .catch(keeping(news.secrets));
    return new CreateResponse().setId(id).setProperties(sent(kept(kindIn(request), news.values, outs), news.secrets));
  };

  readonly read = async (request: ReadRequest): Promise<ReadResponse> => {
    const state = stateIn(request.getInputs(), request.getProperties());
    // A state whose outputs were taken away by hand has its inputs.
    const isImport = Object.keys(state.values).length === 0;
    const {
      id,
      props = {},
      inputs,
    } = await (isImport || isPending(state.values)
      ? this.#found(request, state.values["owner"])
      : this.#rows.during(request.getUrn(), [state.values], this.#of(request).read(request.getId(), state.values)));
    if (id === undefined) return new ReadResponse();
    const response = new ReadResponse().setId(id).setProperties(sent(kept(kindIn(request), inputs ?? {}, props), state.secrets));
    // What is a secret as an output alone (`additionalSecretOutputs`) is none as an input: it would be a change at each refresh.
    return inputs === undefined ? response : response.setInputs(sent(inputs, received(request.getInputs()).secrets));
  };

  readonly update = async (request: UpdateRequest): Promise<UpdateResponse> => {
    const [olds, news] = [stateIn(request.getOldInputs(), request.getOlds()), received(request.getNews())];
    if (request.getPreview()) {
      const properties = await this.#foreseen(request, request.getId(), olds.values, news.values);
      return new UpdateResponse().setProperties(sent(properties, news.secrets));
    }
    const { outs } = await this.#rows
      .during(request.getUrn(), [olds.values, news.values], this.#of(request).update(request.getId(), olds.values, news.values))
      .catch(keeping(news.secrets));
    return new UpdateResponse().setProperties(sent(kept(kindIn(request), news.values, outs), news.secrets));
  };

  readonly delete = async (request: DeleteRequest) => {
    const { values } = stateIn(request.getOldInputs(), request.getProperties());
    await this.#rows.during(request.getUrn(), [values], this.#of(request).delete(request.getId(), values));
    return new Empty();
  };

  #found(request: ReadRequest, known: unknown): ReturnType<Handlers["read"]> {
    const urn = urnOf(request.getUrn());
    this.#looked.add(request.getId());
    return found(urn.kind, request.getId(), ownerOf(urn, this.#configuration(), known), this.#of(request));
  }

  /** What another resource of the program declares too: a program in another language does not find it itself. */
  #twice({ kind, name }: Urn, inputs: Properties): string[] {
    const host = claimedHost(inputs["connection"]);
    const own = claimed(kind);
    return host === undefined || own === undefined ? [] : this.#claims.refusals(`${kind} ${name}`, host, own.keysOf(inputs));
  }

  async #foreseen(request: { getUrn(): string }, id: string, olds: Properties | undefined, news: Properties): Promise<Properties> {
    const urn = urnOf(request.getUrn());
    if (this.#configuration().livePreview === true) await this.#live.tell(request.getUrn(), urn, id, olds, news);
    return kept(urn.kind, news, foreseen(urn.kind, news));
  }

  #of(request: { getUrn(): string }): Handlers {
    return calls(urnOf(request.getUrn()).kind, this.#run);
  }
}

const kindIn = (request: { getUrn(): string }): string => urnOf(request.getUrn()).kind;

/** What the engine keeps of a resource, together. */
function stateIn(inputs: Wire, outs: Wire): Received {
  const [said, seen] = [received(inputs), received(outs)];
  return { values: whole(said.values, seen.values), secrets: new Set([...said.secrets, ...seen.secrets]) };
}

/** An import that the next change takes over: where the program says what stands there, nothing else would show it. */
function takesOver(olds: Properties, news: Properties): DiffResponse {
  const response = new DiffResponse().setChanges(DIFF_SOME);
  if (!isDeepStrictEqual(olds, news)) return response;
  response.setDiffsList(["persisted"]).setHasdetaileddiff(true);
  response.getDetaileddiffMap().set("persisted", new PropertyDiff().setKind(PropertyDiff.Kind.UPDATE));
  return response;
}
