// Mantine's parts as router links, so that they are real anchors with typed destinations.
import { Button, type ButtonProps, NavLink, type NavLinkProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Html<Props> = Props &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props> & { ref?: Ref<HTMLAnchorElement> };

export const LinkButton = createLink((props: Html<ButtonProps>) => (
  <Button component="a" {...props} />
));

export const NavigationLink = createLink((props: Html<NavLinkProps>) => <NavLink {...props} />);
