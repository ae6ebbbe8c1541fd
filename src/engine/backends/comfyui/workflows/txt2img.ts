import type { Workflow } from '../workflow.js';

/** Text to image with SD 1.5, SD 2 and SDXL checkpoints, of ComfyUI's own nodes alone. */
export const txt2img: Workflow = {
  name: 'txt2img',
  graph: {
    '3': {
      class_type: 'KSampler',
      inputs: {
        seed: 0,
        steps: 25,
        cfg: 7,
        sampler_name: 'dpmpp_2m',
        scheduler: 'karras',
        denoise: 1,
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['5', 0],
      },
    },
    '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: '' } },
    '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
    '6': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['4', 1] } },
    '7': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['4', 1] } },
    '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
    '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'easel/image', images: ['8', 0] } },
  },
  slots: {
    prompt: [['6', 'text']],
    negative: [['7', 'text']],
    checkpoint: [['4', 'ckpt_name']],
    width: [['5', 'width']],
    height: [['5', 'height']],
    count: [['5', 'batch_size']],
    seed: [['3', 'seed']],
    steps: [['3', 'steps']],
    cfg: [['3', 'cfg']],
    samplerName: [['3', 'sampler_name']],
    scheduler: [['3', 'scheduler']],
    filenamePrefix: [['9', 'filename_prefix']],
  },
};
