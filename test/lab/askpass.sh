#!/bin/sh
# Answers ssh when it asks for a password.
echo "$LAB_PASSWORD"
