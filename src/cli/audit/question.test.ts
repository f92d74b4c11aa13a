import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { aboutOf } from './question.ts';

describe('whom or what a question is about', () => {
  const resources = new ApiResources();

  it.each(['joe', 'joe@example.com', 'system:admin', 'user:joe'])('%s is a subject', (text) => {
    expect(aboutOf(text, resources)).toHaveProperty('subject');
  });

  it.each(['shop/Pod/web', 'pods', 'widgets.example.com/w'])('%s is an object', (text) => {
    expect(aboutOf(text, resources)).toHaveProperty('object');
  });
});
