// What a view is given, and what it gives.
import type { Entry } from "./module";
import type { State } from "./state";
import type { Text } from "./text";

export interface Context { state: State; text: Text; entries: Entry[]; language: "en" | "zh"; /** Makes the view anew, where its parts are other ones. */ rebuild: () => void }
/** Makes the view's elements once; what it returns draws them again whenever the state changes. */
export type View = (place: HTMLElement, context: Context) => () => void;

/** The width there is for a picture. */
export const widthOf = (element: Element): number => Math.max(240, Math.floor(element.clientWidth || 600));
