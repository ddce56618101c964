declare module "virtual:module" {
  /** The compiled library: gzip, then base64. */
  const compressed: string;
  export default compressed;
}
declare module "*.css";
