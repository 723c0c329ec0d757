// What the clients' pages can start but do not own: the app gives it to them.
export interface PortalActions {
  openPortal: (client: string, customer?: string) => void;
  mailLink: (client: string, customer?: string) => void;
  copyLink: (client: string, customer?: string) => void;
  openInvoice: (client: string, invoice: string, what: "invoice_page" | "invoice_pdf") => void;
  openInStripe: (client: string, object: string) => void;
  /** Whether the portal of this client is being opened, or a link prepared. */
  opening: (client: string) => boolean;
}
