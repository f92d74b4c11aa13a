import type { Component } from './component.ts';

export interface PluginState {
  /** `hidden` where the flags take their values from environment variables. */
  readonly state: 'enabled' | 'disabled' | 'hidden';
  /** Field path of the flag that decides, or of where it would stand. */
  readonly path: string;
}

/**
 * Whether an API server enables an admission plugin that is off by default. A plugin that is both enabled and disabled counts as
 * disabled: the program refuses to start with it (k8s.io/apiserver pkg/server/options/admission.go, Validate).
 */
export function optionalAdmissionPlugin(component: Component, plugin: string): PluginState {
  const enabled = component.flag('enable-admission-plugins') ?? '';
  const disabled = component.flag('disable-admission-plugins') ?? '';
  const path = component.flagPath('enable-admission-plugins');
  if (names(disabled).includes(plugin)) {
    return { state: 'disabled', path: component.flagPath('disable-admission-plugins') };
  }
  if (names(enabled).includes(plugin)) return { state: 'enabled', path };
  return { state: enabled.includes('$(') ? 'hidden' : 'disabled', path };
}

function names(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}
